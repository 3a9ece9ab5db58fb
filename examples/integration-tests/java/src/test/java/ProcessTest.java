import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** aslocal as a process of this machine: no Docker, there in milliseconds. */
class ProcessTest {
    private static final Pattern API = Pattern.compile("\"msg\":\"api\",\"text\":\"([^\"]+)\"");
    private static Process server;
    private static String endpoint;

    @BeforeAll
    static void start() throws IOException {
        String aslocal = Optional.ofNullable(System.getenv("ASLOCAL")).orElse("aslocal");
        server = new ProcessBuilder(aslocal, "serve", "../machines", "--port", "0", "--durability", "memory", "--quiet", "--log-format", "json")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        endpoint = server.inputReader().lines()
                .flatMap(line -> API.matcher(line).results())
                .map(match -> match.group(1))
                .findFirst()
                .orElseThrow();
    }

    @AfterAll
    static void stop() {
        server.destroy();
    }

    @Test
    void greets() {
        assertEquals("{\"text\":\"Hello, Ada\"}", Greeting.greet(endpoint));
    }
}
