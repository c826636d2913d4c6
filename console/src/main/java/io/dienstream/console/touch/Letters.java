package io.dienstream.console.touch;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.console.feed.RecentLetters;
import io.dienstream.operate.deadletter.DeadLetterJson;
import io.dienstream.schema.DeadLetter;
import java.io.IOException;
import java.util.List;

/** A look into dead letters, and back to their topics with them. Thread safe. */
public final class Letters {
    private final RecentLetters letters;
    private final Sender sender;
    private final boolean masked;
    private final DeadLetterJson json = new DeadLetterJson();

    /**
     * @param sender null: nothing is sent
     * @param masked whether what could name a user stays out
     */
    public Letters(RecentLetters letters, Sender sender, boolean masked) {
        this.letters = letters;
        this.sender = sender;
        this.masked = masked;
    }

    /** The newest of a reason, or of all where it is empty. */
    public synchronized ArrayNode list(String reason, int most) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        List<DeadLetter> newest = letters.newest(reason);
        for (DeadLetter letter : newest.subList(0, Math.min(most, newest.size()))) {
            ObjectNode line = json.line(letter);
            line.put("origin", RecentLetters.origin(letter));
            if (masked) {
                line.remove(List.of("key_base64", "value_base64", "record"));
            }
            array.add(line);
        }
        return array;
    }

    /**
     * Sends a letter's record to its topic again, as it is.
     *
     * @param origin of the letter
     * @throws Refusal where it cannot be
     */
    public synchronized void replay(String origin)
            throws Refusal, IOException, InterruptedException {
        if (sender == null) {
            throw new Refusal("this console only reads: start it with --write");
        }
        DeadLetter letter = letters.of(origin);
        if (letter == null) {
            throw new Refusal("the letter of " + origin + " is not kept any more: ./dien dlq");
        }
        DeadLetterJson.Resend resend;
        try {
            resend = json.resend(json.line(letter).toString());
        } catch (IOException e) {
            throw new Refusal(e.getMessage());
        }
        sender.send(resend);
    }
}
