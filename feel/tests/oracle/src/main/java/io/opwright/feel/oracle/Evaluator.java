package io.opwright.feel.oracle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.module.scala.DefaultScalaModule;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.camunda.feel.FeelEngine;
import org.camunda.feel.api.EvaluationFailure;
import org.camunda.feel.api.EvaluationResult;
import org.camunda.feel.api.FeelEngineApi;
import org.camunda.feel.api.FeelEngineBuilder;
import org.camunda.feel.api.ParseResult;
import org.camunda.feel.syntaxtree.ParsedExpression;
import org.camunda.feel.syntaxtree.Val;
import org.camunda.feel.valuemapper.ValueMapper;

/** feel-scala, with what Camunda's connector runtime puts around it. */
final class Evaluator {
  private static final TypeReference<Map<String, Object>> VARIABLES = new TypeReference<>() {};

  /**
   * Its modules and settings decide what enters and leaves: the Scala one, for instance, turns inner objects and lists
   * of the context into Scala's.
   */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new DefaultScalaModule())
          .addModule(new JavaTimeModule())
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
          // FEEL can cut a surrogate pair in half, and UTF-8 cannot tell of a half.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  private final ValueMapper values = FeelEngineBuilder.forJava().valueMapper();

  private volatile ZonedDateTime now;

  private final FeelEngineApi engine =
      new FeelEngineApi(
          new FeelEngine(
              new ConnectorFunctions(),
              new ValueMapper() {
                @Override
                public Val toVal(Object plain) {
                  return values.toVal(plain);
                }

                // The engine calls it for the outcome only, which is wanted as it is first.
                @Override
                public Object unpackVal(Val value) {
                  return value;
                }
              },
              FeelEngine.defaultConfiguration(),
              () -> now));

  String answer(Request request) throws JsonProcessingException {
    now = request.now();
    ParseResult parsed =
        request.unary()
            ? engine.parseUnaryTests(request.expression())
            : engine.parseExpression(withoutEqualsSign(request.expression()));
    if (parsed.isFailure()) {
      return MAPPER.writeValueAsString(failed("parse", parsed.failure().message()));
    }
    ParsedExpression expression = parsed.parsedExpression();
    EvaluationResult evaluated = evaluate(expression, request);
    Map<String, Object> answer;
    if (evaluated.isFailure()) {
      answer = failed("evaluate", evaluated.failure().message());
    } else {
      Val value = (Val) evaluated.result();
      answer = left(value, expression.text());
      answer.put("value", new Rendering(values).of(value));
    }
    answer.put("warnings", warnings(evaluated));
    return MAPPER.writeValueAsString(answer);
  }

  static String fatal(Throwable failure) {
    String error = failure instanceof TimeoutException ? "timeout" : failure.toString();
    try {
      return MAPPER.writeValueAsString(failed("fatal", error));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private EvaluationResult evaluate(ParsedExpression expression, Request request) {
    Map<String, Object> variables =
        request.context().isMissingNode() ? Map.of() : MAPPER.convertValue(request.context(), VARIABLES);
    return request.input().isMissingNode()
        ? engine.evaluate(expression, variables)
        : engine.evaluateWithInput(expression, MAPPER.convertValue(request.input(), Object.class), variables);
  }

  private static String withoutEqualsSign(String expression) {
    String text = expression.trim();
    return text.startsWith("=") ? text.substring(1).trim() : text;
  }

  /** What a value becomes outside the engine. A range, for instance, cannot leave, and fails as the engine would. */
  private Map<String, Object> left(Val value, String expression) {
    Object plain;
    try {
      plain = values.unpackVal(value);
    } catch (RuntimeException failure) {
      return failed("evaluate", "failed to evaluate expression '" + expression + "' : " + failure);
    }
    String result;
    try {
      result = MAPPER.writeValueAsString(plain);
    } catch (JsonProcessingException failure) {
      return failed("evaluate", "the result is no JSON: " + failure.getOriginalMessage());
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ok", true);
    answer.put("result", new RawValue(result));
    return answer;
  }

  private static Map<String, Object> failed(String stage, String error) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ok", false);
    answer.put("stage", stage);
    answer.put("error", error);
    return answer;
  }

  private static List<Map<String, String>> warnings(EvaluationResult evaluated) {
    List<Map<String, String>> warnings = new ArrayList<>();
    for (EvaluationFailure failure : evaluated.getSuppressedFailures()) {
      Map<String, String> warning = new LinkedHashMap<>();
      warning.put("type", failure.failureType().toString());
      warning.put("message", failure.failureMessage());
      warnings.add(warning);
    }
    return warnings;
  }
}
