package io.dienstream.job.artifact;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginUtils;

/**
 * Flink's file systems, object stores among them, in a process that Flink did not start: plugins
 * from the directory that {@code FLINK_PLUGINS_DIR} names, their settings from the one that {@code
 * FLINK_CONF_DIR} does, as Flink's own processes have them.
 */
final class FlinkFileSystems {
    private static boolean isInitialized;

    private FlinkFileSystems() {}

    static synchronized void initialize() {
        if (!isInitialized) {
            Configuration settings = GlobalConfiguration.loadConfiguration();
            FileSystem.initialize(
                    settings, PluginUtils.createPluginManagerFromRootFolder(settings));
            isInitialized = true;
        }
    }
}
