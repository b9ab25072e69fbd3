package io.opwright.feel.oracle;

import java.util.StringJoiner;
import org.camunda.feel.syntaxtree.RangeBoundary;
import org.camunda.feel.syntaxtree.Val;
import org.camunda.feel.syntaxtree.ValBoolean;
import org.camunda.feel.syntaxtree.ValContext;
import org.camunda.feel.syntaxtree.ValDate;
import org.camunda.feel.syntaxtree.ValDateTime;
import org.camunda.feel.syntaxtree.ValDayTimeDuration;
import org.camunda.feel.syntaxtree.ValError;
import org.camunda.feel.syntaxtree.ValFatalError;
import org.camunda.feel.syntaxtree.ValFunction;
import org.camunda.feel.syntaxtree.ValList;
import org.camunda.feel.syntaxtree.ValLocalDateTime;
import org.camunda.feel.syntaxtree.ValLocalTime;
import org.camunda.feel.syntaxtree.ValNull$;
import org.camunda.feel.syntaxtree.ValNumber;
import org.camunda.feel.syntaxtree.ValRange;
import org.camunda.feel.syntaxtree.ValString;
import org.camunda.feel.syntaxtree.ValTime;
import org.camunda.feel.syntaxtree.ValYearMonthDuration;
import org.camunda.feel.syntaxtree.ZonedTime;
import org.camunda.feel.valuemapper.ValueMapper;
import scala.jdk.javaapi.CollectionConverters;

/**
 * One text for each value of feel-scala, telling its type and all that its type holds, such as a number's scale and a
 * duration's fraction, where FEEL's own {@code string()} and JSON do not.
 */
final class Rendering {
  private final ValueMapper values;

  Rendering(ValueMapper values) {
    this.values = values;
  }

  String of(Val value) {
    if (value == ValNull$.MODULE$) {
      return "null";
    }
    if (value instanceof ValBoolean bool) {
      return String.valueOf(bool.value());
    }
    if (value instanceof ValNumber number) {
      return "number(" + number.value().bigDecimal() + ")";
    }
    if (value instanceof ValString string) {
      return "string(" + literal(string.value()) + ")";
    }
    if (value instanceof ValDate date) {
      return "date(" + date.value() + ")";
    }
    if (value instanceof ValLocalTime time) {
      return "local time(" + time.value() + ")";
    }
    if (value instanceof ValTime time) {
      return "time(" + time(time.value()) + ")";
    }
    if (value instanceof ValLocalDateTime dateTime) {
      return "local date time(" + dateTime.value() + ")";
    }
    if (value instanceof ValDateTime dateTime) {
      return "date time(" + dateTime.value() + ")";
    }
    if (value instanceof ValYearMonthDuration duration) {
      return "years months(" + duration.value() + ")";
    }
    if (value instanceof ValDayTimeDuration duration) {
      return "day time(" + duration.value() + ")";
    }
    if (value instanceof ValList list) {
      StringJoiner items = new StringJoiner(", ", "[", "]");
      CollectionConverters.asJava(list.itemsAsSeq()).forEach(item -> items.add(of(item)));
      return items.toString();
    }
    if (value instanceof ValContext context) {
      // In the order that `get entries` and JSON show. A member need not be a value: those of `bpmnError` are not.
      StringJoiner members = new StringJoiner(", ", "{", "}");
      CollectionConverters.asJava(context.context().variableProvider().getVariables())
          .forEach((key, member) -> members.add(literal(key) + ": " + of(values.toVal(member))));
      return members.toString();
    }
    if (value instanceof ValFunction function) {
      return "function(" + String.join(", ", CollectionConverters.asJava(function.params())) + ")";
    }
    if (value instanceof ValRange range) {
      RangeBoundary start = range.start();
      RangeBoundary end = range.end();
      return "range("
          + (start.isClosed() ? "[" : "(")
          + of(start.value())
          + " .. "
          + of(end.value())
          + (end.isClosed() ? "]" : ")")
          + ")";
    }
    if (value instanceof ValError error) {
      return "error(" + literal(error.error()) + ")";
    }
    if (value instanceof ValFatalError error) {
      return "fatal(" + literal(error.error()) + ")";
    }
    throw new IllegalArgumentException("no rendering of " + value.getClass());
  }

  /** As a date-time with the same zone is written. */
  private static String time(ZonedTime time) {
    String zone = time.zone().isDefined() ? "[" + time.zone().get() + "]" : "";
    return time.time().toString() + time.offset() + zone;
  }

  /** A JSON text of ASCII characters only, with the shortest escapes and small hexadecimal digits. */
  private static String literal(String text) {
    StringBuilder literal = new StringBuilder("\"");
    for (char unit : text.toCharArray()) {
      switch (unit) {
        case '"' -> literal.append("\\\"");
        case '\\' -> literal.append("\\\\");
        case '\b' -> literal.append("\\b");
        case '\f' -> literal.append("\\f");
        case '\n' -> literal.append("\\n");
        case '\r' -> literal.append("\\r");
        case '\t' -> literal.append("\\t");
        default -> {
          if (unit < 0x20 || unit > 0x7f) {
            literal.append(String.format("\\u%04x", (int) unit));
          } else {
            literal.append(unit);
          }
        }
      }
    }
    return literal.append('"').toString();
  }
}
