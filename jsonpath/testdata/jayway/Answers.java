import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider;
import com.jayway.jsonpath.spi.json.JsonProvider;
import com.jayway.jsonpath.spi.json.JsonSmartJsonProvider;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads cases from standard input, a line each ({"query", "document"}), and writes what the library
 * answers: {"expect", "expect_intrinsic"}, in the format of jayway.json.
 */
class Answers {
  static final ObjectMapper mapper = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line; (line = in.readLine()) != null; ) {
      var query = mapper.readTree(line);
      var answers = mapper.createObjectNode();
      answers.set("expect", answer(query.get("query").asText(), query.get("document").asText(), new JacksonJsonNodeJsonProvider(mapper)));
      answers.set("expect_intrinsic", answer(query.get("query").asText(), query.get("document").asText(), new JsonSmartJsonProvider()));
      out.println(mapper.writeValueAsString(answers));
    }
    out.flush();
  }

  static ObjectNode answer(String query, String document, JsonProvider provider) {
    var answer = mapper.createObjectNode();
    try {
      var path = JsonPath.compile(query);
      answer.put("definite", path.isDefinite());
      Object found = path.read(provider.parse(document), Configuration.builder().jsonProvider(provider).build());
      answer.put("result", mapper.writeValueAsString(found));
    } catch (Throwable e) {
      answer.put("error", e.getClass().getSimpleName());
      answer.put("message", e.getMessage());
    }
    return answer;
  }
}
