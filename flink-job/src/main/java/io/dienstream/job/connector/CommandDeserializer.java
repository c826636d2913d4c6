package io.dienstream.job.connector;

import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.CommandRecordSerializer;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Records of the models topic as they are: what is no command is told apart where it is folded. */
final class CommandDeserializer implements KafkaRecordDeserializationSchema<CommandRecord> {
    private static final long serialVersionUID = 1;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<CommandRecord> out) {
        out.collect(new CommandRecord(record.offset(), record.timestamp(), record.value()));
    }

    @Override
    public TypeInformation<CommandRecord> getProducedType() {
        return CommandRecordSerializer.TYPE;
    }
}
