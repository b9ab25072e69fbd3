package io.opwright.feel.oracle;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import org.camunda.feel.api.EvaluationResult;
import org.camunda.feel.api.FeelEngineApi;
import org.camunda.feel.api.FeelEngineBuilder;
import org.camunda.feel.syntaxtree.ParsedExpression;

/**
 * Times feel-scala: a JSON object a line in, the evaluations per second of this thread's CPU time a line out.
 *
 * <p>A request has the members {@code expression}, {@code context} (an object, given to the engine as Java maps, as the
 * connector runtime gives it), {@code millis} (how long to measure) and {@code mode}: {@code evaluate} what was parsed
 * before, {@code parse} and evaluate, or {@code text}: parse, evaluate and write the result as JSON.
 */
public final class Bench {
  private static final JsonMapper MAPPER = JsonMapper.builder().addModule(new JavaTimeModule()).build();
  private static final FeelEngineApi ENGINE = FeelEngineBuilder.forJava().build();

  private static Object sink;

  private Bench() {}

  public static void main(String[] arguments) throws Exception {
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      JsonNode request = MAPPER.readTree(line);
      Callable<Object> task = task(request);
      System.out.println(perSecond(task, request.get("millis").asLong() * 1_000_000));
    }
  }

  private static Callable<Object> task(JsonNode request) throws IOException {
    String text = request.get("expression").asText();
    Map<String, Object> context =
        MAPPER.convertValue(request.get("context"), new TypeReference<Map<String, Object>>() {});
    ParsedExpression parsed = ENGINE.parseExpression(text).parsedExpression();
    return switch (request.get("mode").asText()) {
      case "evaluate" -> () -> value(ENGINE.evaluate(parsed, context));
      case "parse" -> () -> value(ENGINE.evaluateExpression(text, context));
      case "text" -> () -> MAPPER.writeValueAsString(value(ENGINE.evaluateExpression(text, context)));
      default -> throw new IllegalArgumentException("no mode " + request.get("mode"));
    };
  }

  private static Object value(EvaluationResult evaluated) {
    if (evaluated.isFailure()) {
      throw new IllegalStateException(evaluated.failure().message());
    }
    return evaluated.result();
  }

  private static double perSecond(Callable<Object> task, long nanos) throws Exception {
    var threads = ManagementFactory.getThreadMXBean();
    long count = 0;
    long begin = threads.getCurrentThreadCpuTime();
    long spent;
    do {
      for (int turn = 0; turn < 50; turn++) {
        sink = task.call();
      }
      count += 50;
      spent = threads.getCurrentThreadCpuTime() - begin;
    } while (spent < nanos);
    return count * 1e9 / spent;
  }
}
