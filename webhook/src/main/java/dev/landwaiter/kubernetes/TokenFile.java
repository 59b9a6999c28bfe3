package dev.landwaiter.kubernetes;

import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token that a file holds, read each time that it is asked for, because whoever gave the file renews it. Where it cannot be used, the last one
 * serves: what cannot stand in a header is quoted whole by whoever refuses the header, and ends fabric8's watches for ever.
 */
final class TokenFile implements OAuthTokenProvider {
    private static final Logger LOG = LoggerFactory.getLogger(TokenFile.class);

    private final Path file;
    private String last;
    /** Why the file cannot be used, as the log says; {@code ""} where it can. */
    private String told = "";

    TokenFile(Path file) {
        this(file, "");
    }

    /** As another one, with {@code beside} as the last token at the beginning. */
    TokenFile(Path file, String beside) {
        this.file = file;
        this.last = beside;
    }

    /** The last token that could be used; {@code ""}, which is not sent, where there was none yet. */
    @Override
    public synchronized String getToken() {
        String why;
        try {
            String token = Files.readString(file).strip();
            why = token.isEmpty() ? "it is empty" : isToken(token) ? "" : "it has a character that no token has";
            last = why.isEmpty() ? token : last;
        } catch (CharacterCodingException e) {
            why = "it has a character that no token has";
        } catch (NoSuchFileException e) {
            why = "there is none";
        } catch (IOException e) {
            // not its words, which differ from time to time
            why = "it cannot be read (" + e.getClass().getSimpleName() + ")";
        }
        tell(why);
        return last;
    }

    private static boolean isToken(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }

    private void tell(String why) {
        if (why.equals(told)) {
            return;
        }
        told = why;
        if (why.isEmpty()) {
            LOG.info("The token file {} can be used again", file);
        } else {
            LOG.warn(
                    "Could not use the token file {}: {}. The last token is sent until there is another; check what writes the file",
                    file,
                    why);
        }
    }
}
