package io.dienstream.cli;

/** What a person wants of a command; {@code dien --help} lists commands in this order. */
public enum Purpose {
    TRY("Try it, on this machine and nothing else:"),
    RUN("Run it, beside a Kafka of yours:"),
    TRAIN("Train models:"),
    OPERATE("Operate it:"),
    MEASURE("Measure and prove:");

    private final String heading;

    Purpose(String heading) {
        this.heading = heading;
    }

    /** What stands above the commands of this purpose. */
    public String heading() {
        return heading;
    }
}
