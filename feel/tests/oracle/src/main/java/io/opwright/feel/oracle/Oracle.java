package io.opwright.feel.oracle;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.TimeZone;

/**
 * Evaluates FEEL with feel-scala: a JSON object a line in, a JSON object a line out, in order, until the end of input.
 *
 * <p>A request has the members
 *
 * <ul>
 *   <li>{@code expression}: text
 *   <li>{@code context}: an object with the variables; none when absent
 *   <li>{@code mode}: {@code expression}, the default, or {@code unary}
 *   <li>{@code input}: the value that unary tests are about; none when absent, which is not the same as null
 *   <li>{@code now}: what the clock shows; {@value Request#NOW} when absent
 *   <li>{@code timeoutMillis}: {@value Request#TIMEOUT_MILLIS} when absent
 * </ul>
 *
 * <p>An answer is {@code {"ok": true, "result", "value", "warnings"}} or {@code {"ok": false, "stage", "error"}}.
 * {@code result} is what Camunda's connector runtime makes of the value, {@code value} is {@link Rendering}'s. A stage
 * is one of
 *
 * <ul>
 *   <li>{@code parse}
 *   <li>{@code evaluate}: {@code warnings} are there, too, and {@code value} when there is one that cannot become JSON
 *   <li>{@code fatal}: an exhausted stack, time ({@code timeout}) or memory, and a line that is no request
 * </ul>
 *
 * <p>Java is to be 19 or newer, as Camunda's is: an older one writes some numbers such as 2e23 with wrong last digits,
 * and feel-scala takes the variables' numbers from that text. What ran out of time may go on beside all that follows,
 * so whoever is told of it had better start another oracle.
 */
public final class Oracle {
  private Oracle() {}

  public static void main(String[] arguments) throws IOException {
    // Before any other class is loaded, as some keep what they find.
    TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    Locale.setDefault(Locale.ROOT);
    System.setOut(System.err);

    OutputStream answers = new FileOutputStream(FileDescriptor.out);
    BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Worker worker = new Worker();
    Evaluator evaluator = new Evaluator();
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      String answer;
      try {
        Request request = Request.read(line);
        answer = worker.run(() -> evaluator.answer(request), request.timeoutMillis());
      } catch (Throwable failure) {
        answer = Evaluator.fatal(failure);
      }
      answers.write((answer + '\n').getBytes(StandardCharsets.US_ASCII));
    }
  }
}
