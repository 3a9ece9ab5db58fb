import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sfn.SfnClient;

/** What the tests of both ways do with a server. */
final class Greeting {
    private Greeting() {}

    static String greet(String endpoint) {
        try (SfnClient client = SfnClient.builder()
                .endpointOverride(URI.create(endpoint))
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                // else startSyncExecution looks for the host sync-localhost
                .overrideConfiguration(c -> c.putAdvancedOption(SdkAdvancedClientOption.DISABLE_HOST_PREFIX_INJECTION, true))
                .build()) {
            return client.startSyncExecution(r -> r
                    .stateMachineArn("arn:aws:states:us-east-1:123456789012:stateMachine:greet")
                    .input("{\"name\": \"Ada\"}")).output();
        }
    }
}
