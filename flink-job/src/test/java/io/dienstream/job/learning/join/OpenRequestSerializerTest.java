package io.dienstream.job.learning.join;

import static io.dienstream.job.learning.LearningRecords.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.job.learning.LearningRecords;
import java.io.IOException;
import java.util.HexFormat;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class OpenRequestSerializerTest {
    private static final String LAYOUT_1 =
            "010b0000018bcfe5680080dddb011eb8c44cc188ee18026d02371130303131323233333434353536366161"
                    + "0a63616e646964617465019f483adcea0e51f47f210480dddb01904e3fd0000000000000"
                    + "3e00000002";

    private final OpenRequestSerializer serializer = new OpenRequestSerializer();

    private byte[] bytes(OpenRequest request) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(request, out);
        return out.getCopyOfBuffer();
    }

    private OpenRequest read(byte[] bytes) throws IOException {
        return serializer.deserialize(new DataInputDeserializer(bytes));
    }

    private static void assertSame(OpenRequest actual, OpenRequest expected) {
        assertThat(actual)
                .usingRecursiveComparison()
                .withComparatorForType(Double::compare, Double.class)
                .isEqualTo(expected);
    }

    private static OpenRequest open(int ads) {
        OpenRequest request = new OpenRequest();
        request.serve(LearningRecords.served("r", "u", 0, ads));
        request.timerAt = START + 1_800_000;
        return request;
    }

    private static AdLabel everything() {
        AdLabel ad = new AdLabel(OpenRequest.hash("ad0"));
        ad.impressedAt = START - 17;
        ad.finalAt = START + 1_800_000;
        ad.clickedAt = START + 5_000;
        ad.position = 3;
        ad.propensity = 0.25;
        ad.implied = true;
        ad.out = true;
        ad.corrected = true;
        ad.pctr = 0.125f;
        ad.pricing = 2;
        return ad;
    }

    @Test
    void everythingComesBack() throws IOException {
        OpenRequest request = open(2);
        request.heldUntil = START - 5;
        request.ads.add(everything());
        assertSame(read(bytes(request)), request);
        assertSame(request.copy(), request);
        assertThat(request.copy().ads.get(0)).isNotSameAs(request.ads.get(0));
    }

    @Test
    void aRequestThatHasNotComeIsAFewBytes() throws IOException {
        OpenRequest request = new OpenRequest();
        request.heldUntil = START;
        request.timerAt = START;
        assertSame(read(bytes(request)), request);
        assertThat(bytes(request)).hasSizeLessThan(30);
    }

    /** Read by every release from now on. */
    @Test
    void layoutOneIsAsItWasCommitted() throws IOException {
        OpenRequest request = open(1);
        request.ads.set(0, everything());
        String committed = HexFormat.of().formatHex(bytes(request));
        assertThat(committed).isEqualTo(LAYOUT_1);
        assertSame(read(HexFormat.of().parseHex(LAYOUT_1)), request);
    }

    /** Issue 28: at most 1 KiB an open impression, beside the snapshot. */
    @Test
    void anOpenImpressionTakesLittleRoom() throws IOException {
        OpenRequest request = open(20);
        for (AdLabel ad : request.ads) {
            assertThat(ad.isImpressed()).isFalse();
        }
        int unshown = bytes(request).length;
        assertThat(unshown).isLessThan(300);
        AdLabel shown = request.ads.get(0);
        shown.impressedAt = START + 1_000;
        shown.finalAt = START + 1_801_000;
        shown.position = 0;
        shown.propensity = 0.5;
        int one = bytes(request).length;
        assertThat(one).as("the only impression of a request of 20").isLessThan(320);
        assertThat(one - unshown).as("each further one").isLessThan(20);
        shown.out = true;
        shown.propensity = Double.NaN;
        request.dropSnapshot();
        assertThat(bytes(request).length).as("from W to W2").isLessThan(100);
    }

    @Test
    void anUnknownLayoutIsRefused() throws IOException {
        byte[] bytes = bytes(open(1));
        bytes[0] = 9;
        assertThatThrownBy(() -> read(bytes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unknown layout 9");
    }
}
