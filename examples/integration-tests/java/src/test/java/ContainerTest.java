import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.utility.MountableFile;

/** aslocal in a container, with Testcontainers. */
@Testcontainers
class ContainerTest {
    @Container
    private static final GenericContainer<?> ASLOCAL = new GenericContainer<>("aslocal")
            .withCopyFileToContainer(MountableFile.forHostPath("../machines"), "/project")
            .withExposedPorts(8083)
            .waitingFor(Wait.forHttp("/_aslocal/health").forPort(8083));

    @Test
    void greets() {
        assertEquals("{\"text\":\"Hello, Ada\"}", Greeting.greet("http://" + ASLOCAL.getHost() + ":" + ASLOCAL.getMappedPort(8083)));
    }
}
