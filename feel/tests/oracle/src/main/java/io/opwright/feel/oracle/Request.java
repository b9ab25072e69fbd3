package io.opwright.feel.oracle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.ZonedDateTime;
import java.util.Set;

/** A line of the input. What is absent of {@code context} and {@code input} is a missing node, rather than null. */
record Request(
    String expression, JsonNode context, boolean unary, JsonNode input, ZonedDateTime now, long timeoutMillis) {
  static final String NOW = "2026-01-02T03:04:05.678+01:00[Europe/Berlin]";
  static final long TIMEOUT_MILLIS = 5000;

  private static final Set<String> MEMBERS = Set.of("expression", "context", "mode", "input", "now", "timeoutMillis");
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  static Request read(String line) throws JsonProcessingException {
    JsonNode request = MAPPER.readTree(line);
    require(request.isObject(), "a request is an object");
    request.fieldNames().forEachRemaining(name -> require(MEMBERS.contains(name), "a request has no member " + name));
    require(request.path("expression").isTextual(), "expression is a text");
    JsonNode context = request.path("context");
    require(context.isObject() || context.isMissingNode(), "context is an object");
    String mode = request.path("mode").asText("expression");
    require(mode.equals("expression") || mode.equals("unary"), "mode is expression or unary");
    boolean unary = mode.equals("unary");
    JsonNode input = request.path("input");
    require(unary || input.isMissingNode(), "input belongs to unary tests");
    JsonNode timeout = request.path("timeoutMillis");
    require(timeout.isMissingNode() || timeout.canConvertToLong(), "timeoutMillis is a whole number");
    return new Request(
        request.get("expression").textValue(),
        context,
        unary,
        input,
        ZonedDateTime.parse(request.path("now").asText(NOW)),
        timeout.asLong(TIMEOUT_MILLIS));
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }
}
