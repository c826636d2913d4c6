package io.dienstream.train.fit;

import ai.djl.Device;
import ai.djl.engine.Engine;

/** Starts PyTorch once a process, from the libraries that came with the build. */
public final class TorchEngine {
    private TorchEngine() {}

    /**
     * The engine, quiet and offline.
     *
     * @param threads inside one operation; 0 for the engine's default
     */
    public static Engine start(int threads) {
        setDefault("ai.djl.offline", "true");
        setDefault("OPT_OUT_TRACKING", "true");
        if (threads > 0) {
            setDefault("ai.djl.pytorch.num_threads", Integer.toString(threads));
        }
        return Engine.getEngine("PyTorch");
    }

    private static void setDefault(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }

    /** The first GPU where the engine finds one. */
    public static Device device(Engine engine) {
        return engine.getGpuCount() > 0 ? Device.gpu() : Device.cpu();
    }
}
