import software.amazon.awssdk.core.util.VersionInfo;

/** Prints the versions of the SDK and of Java. */
public class Version {
    public static void main(String[] arguments) {
        System.out.println("SDK " + VersionInfo.SDK_VERSION + ", Java " + System.getProperty("java.version"));
    }
}
