package io.opwright.feel.oracle;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A thread with a deep stack, since feel-scala recurses as deep as an expression is nested, and often deeper. */
final class Worker {
  private static final long STACK_BYTES = 64L << 20;

  private ExecutorService thread = start();

  /** Throws what the task throws, or says that it took too long; then it is left behind. */
  <T> T run(Callable<T> task, long timeoutMillis) throws Throwable {
    Future<T> outcome = thread.submit(task);
    try {
      return outcome.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause();
    } catch (TimeoutException expired) {
      // feel-scala's interpreter looks out for the interruption; its functions and the parser do not, and Java has no
      // means to end a thread that ignores it.
      thread.shutdownNow();
      thread = start();
      throw expired;
    }
  }

  private static ExecutorService start() {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread thread = new Thread(null, task, "evaluation", STACK_BYTES);
          // The end of input ends the process, whatever is still being evaluated.
          thread.setDaemon(true);
          return thread;
        });
  }
}
