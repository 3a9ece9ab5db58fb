import java.net.URI;

/** Prints what is at a URL. */
public class Get {
    public static void main(String[] args) throws Exception {
        System.out.println(new String(URI.create(args[0]).toURL().openStream().readAllBytes()));
    }
}
