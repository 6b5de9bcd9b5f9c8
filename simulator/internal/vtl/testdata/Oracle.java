import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.lang.StringEscapeUtils;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;
import org.apache.velocity.runtime.RuntimeConstants;
import org.apache.velocity.runtime.log.NullLogChute;

/**
 * Renders templates with Apache Velocity. Reads one template in Base64 a line; writes "ok" or "error" and the text in Base64. The data are those of
 * oracleVariables in oracle_test.go; API Gateway's objects are small classes with the methods that the tests use.
 */
public class Oracle {
  public static class Input {
    public String getBody() {
      return "{\"access_token\":\"ey.J\",\"expires_in\":3600,\"token_type\":\"Bearer\"}";
    }

    public Object path(String expression) {
      Map<String, Object> token = map("access_token", "ey.J", "expires_in", 3600, "token_type", "Bearer");
      return expression.equals("$") ? token : token.get(expression.substring(2));
    }

    public Map<String, Object> params() {
      return map("path", map(), "querystring", map("client_id", "a b&c", "scope", "orders/read orders/write"), "header", map("X-One", "1"));
    }

    public String params(String name) {
      for (Object parameters : params().values()) {
        Object value = ((Map<?, ?>) parameters).get(name);
        if (value != null) {
          return (String) value;
        }
      }
      return "";
    }
  }

  public static class Util {
    public String urlEncode(String s) throws Exception {
      return URLEncoder.encode(s, "UTF-8");
    }

    public String escapeJavaScript(String s) {
      return StringEscapeUtils.escapeJavaScript(s);
    }

    public String base64Encode(String s) {
      return Base64.getEncoder().encodeToString(s.getBytes(StandardCharsets.UTF_8));
    }
  }

  static Map<String, Object> map(Object... entries) {
    Map<String, Object> m = new LinkedHashMap<>();
    for (int i = 0; i < entries.length; i += 2) {
      m.put((String) entries[i], entries[i + 1]);
    }
    return m;
  }

  static List<Object> list(Object... items) {
    return new ArrayList<>(Arrays.asList(items));
  }

  static VelocityContext context() {
    VelocityContext c = new VelocityContext();
    c.put("input", new Input());
    c.put("util", new Util());
    c.put("context", map("stage", "v1"));
    c.put("stageVariables", map("one", "1"));
    c.put("s", "text");
    c.put("empty", "");
    c.put("marks", "a\"b'c/\\<é€😀\n~*");
    c.put("zero", 0);
    c.put("n", 42);
    c.put("neg", -7);
    c.put("big", 3000000000L);
    c.put("d", 1.5);
    c.put("t", true);
    c.put("f", false);
    c.put("list", list(1, "two", true, null));
    c.put("map", map("a", 1, "b", "two", "c-d", map("x", "deep"), "list", list(1, 2, 3), "none", null));
    return c;
  }

  public static void main(String[] arguments) throws Exception {
    VelocityEngine engine = new VelocityEngine();
    engine.setProperty(RuntimeConstants.RUNTIME_LOG_LOGSYSTEM, new NullLogChute());
    engine.init();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String template = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
      StringWriter rendered = new StringWriter();
      String answer;
      try {
        engine.evaluate(context(), rendered, "template", template);
        answer = "ok " + encoded(rendered.toString());
      } catch (Throwable e) {
        answer = "error " + encoded(String.valueOf(e.getMessage()));
      }
      out.println(answer);
    }
    out.flush();
  }

  static String encoded(String s) {
    return Base64.getEncoder().encodeToString(s.getBytes(StandardCharsets.UTF_8));
  }
}
