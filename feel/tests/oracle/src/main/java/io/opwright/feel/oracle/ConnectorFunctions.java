package io.opwright.feel.oracle;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.camunda.feel.context.Context;
import org.camunda.feel.context.JavaFunction;
import org.camunda.feel.context.JavaFunctionProvider;
import org.camunda.feel.syntaxtree.Val;
import org.camunda.feel.syntaxtree.ValContext;
import org.camunda.feel.syntaxtree.ValDayTimeDuration;
import org.camunda.feel.syntaxtree.ValNumber;
import org.camunda.feel.syntaxtree.ValString;
import scala.jdk.javaapi.CollectionConverters;

/** The functions that Camunda's connector runtime adds to FEEL, but for {@code createDocument}. */
final class ConnectorFunctions extends JavaFunctionProvider {
  private static final List<String> BPMN_ERROR = List.of("errorCode", "errorMessage", "variables");
  private static final List<String> JOB_ERROR = List.of("errorMessage", "variables", "retries", "retryBackoff");
  private static final List<String> IGNORE_ERROR = List.of("variables");
  private static final List<String> BACKOFF = List.of("attempt", "minDelay", "factor", "maxDelay", "jitterFactor");

  private static final Map<String, List<JavaFunction>> FUNCTIONS =
      Map.of(
          "bpmnError", overloads(1, BPMN_ERROR, ConnectorFunctions::bpmnError),
          "jobError", overloads(1, JOB_ERROR, ConnectorFunctions::jobError),
          "ignoreError", overloads(0, IGNORE_ERROR, ConnectorFunctions::ignoreError),
          "backoff", overloads(1, BACKOFF, ConnectorFunctions::backoff));

  @Override
  public List<JavaFunction> resolveFunctions(String name) {
    return FUNCTIONS.getOrDefault(name, List.of());
  }

  @Override
  public Optional<JavaFunction> resolveFunction(String name) {
    return resolveFunctions(name).stream().findFirst();
  }

  @Override
  public Collection<String> getFunctionNames() {
    return FUNCTIONS.keySet();
  }

  /** The function with the first parameters only, for each number of them from the least. */
  private static List<JavaFunction> overloads(int least, List<String> parameters, Function<List<Val>, Val> function) {
    List<JavaFunction> overloads = new ArrayList<>();
    for (int count = least; count <= parameters.size(); count++) {
      overloads.add(new JavaFunction(parameters.subList(0, count), function));
    }
    return overloads;
  }

  private static Val bpmnError(List<Val> values) {
    Arguments arguments = new Arguments("bpmnError", BPMN_ERROR, values);
    Map<String, Object> members = ofType("bpmnError");
    members.put("errorCode", arguments.get(0, ValString.class, "a String").value());
    if (values.size() > 1) {
      members.put("errorMessage", arguments.get(1, ValString.class, "a String").value());
    }
    if (values.size() > 2) {
      members.put("variables", arguments.get(2, ValContext.class, "a Context"));
    }
    return context(members);
  }

  /** Casts where the others check, so that it fails with Java's own text as the runtime's does. */
  private static Val jobError(List<Val> values) {
    Map<String, Object> members = ofType("jobError");
    members.put("errorMessage", (ValString) values.get(0));
    members.put("variables", values.size() > 1 ? (ValContext) values.get(1) : context(Map.of()));
    members.put("retries", values.size() > 2 ? (ValNumber) values.get(2) : number(0));
    members.put("retryBackoff", values.size() > 3 ? (ValDayTimeDuration) values.get(3) : milliseconds(0));
    return context(members);
  }

  private static Val ignoreError(List<Val> values) {
    Arguments arguments = new Arguments("ignoreError", IGNORE_ERROR, values);
    Map<String, Object> members = ofType("ignoreError");
    if (!values.isEmpty()) {
      members.put("variables", arguments.get(0, ValContext.class, "a Context"));
    }
    return context(members);
  }

  private static Val backoff(List<Val> values) {
    Arguments arguments = new Arguments("backoff", BACKOFF, values);
    int attempt = arguments.number(0, 0).intValue();
    long least = arguments.milliseconds(1, 50);
    double factor = arguments.number(2, 1.6).doubleValue();
    long most = arguments.milliseconds(3, 5000);
    double jitterFactor = arguments.number(4, 0.1).doubleValue();

    check(attempt >= 1, "'attempt' must be >= 1, but was " + attempt);
    check(factor > 0, "'factor' must be > 0, but was " + factor);
    check(least <= most, "'minDelay' must be <= 'maxDelay', but " + least + "ms > " + most + "ms");
    check(jitterFactor >= 0, "'jitterFactor' must be >= 0, but was " + jitterFactor);

    double delay = Math.max(least, Math.min(most, least * Math.pow(factor, attempt - 1)));
    double jitter = jitterFactor * delay;
    if (jitterFactor > 0) {
      delay += ThreadLocalRandom.current().nextDouble(-jitter, jitter);
    }
    return milliseconds(Math.max(0, Math.round(delay)));
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException("backoff(): " + rule);
    }
  }

  private static Map<String, Object> ofType(String type) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("errorType", type);
    return members;
  }

  private static ValContext context(Map<String, Object> members) {
    return new ValContext(
        new Context.StaticContext(
            scala.collection.immutable.Map.from(CollectionConverters.asScala(members)),
            scala.collection.immutable.Map$.MODULE$.empty()));
  }

  private static ValNumber number(int value) {
    return new ValNumber(new scala.math.BigDecimal(BigDecimal.valueOf(value)));
  }

  private static ValDayTimeDuration milliseconds(long value) {
    return new ValDayTimeDuration(Duration.ofMillis(value));
  }

  private record Arguments(String function, List<String> parameters, List<Val> values) {
    <T extends Val> T get(int index, Class<T> type, String description) {
      Val value = values.get(index);
      if (!type.isInstance(value)) {
        throw new IllegalArgumentException(
            "Parameter '" + parameters.get(index) + "' of function '" + function + "' must be " + description);
      }
      return type.cast(value);
    }

    BigDecimal number(int index, double otherwise) {
      return index < values.size()
          ? get(index, ValNumber.class, "a Number").value().bigDecimal()
          : new BigDecimal(otherwise);
    }

    long milliseconds(int index, long otherwise) {
      return index < values.size()
          ? get(index, ValDayTimeDuration.class, "a day-time duration (e.g. duration(\"PT1S\"))").value().toMillis()
          : otherwise;
    }
  }
}
