package io.opwright.engine;

import io.camunda.zeebe.process.test.api.ZeebeTestEngine;
import io.camunda.zeebe.protocol.record.Record;
import io.grpc.ServerBuilder;
import io.grpc.ServerProvider;
import io.grpc.ServerRegistry;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * Camunda's in-memory engine, until the process is ended. Arguments: a port of 127.0.0.1, and a URL to which its records
 * are posted in the form of Zeebe's exporter for Elasticsearch; none are posted without one.
 */
public final class TestEngine {
  private static final long PAUSE_MILLISECONDS = 10;
  private static final int MOST_RECORDS = 1000;

  public static void main(String[] arguments) throws Exception {
    ServerRegistry.getDefaultRegistry().register(new Loopback());
    // By its name, since its class needs a newer Java than this one is compiled by.
    ZeebeTestEngine engine =
        (ZeebeTestEngine)
            Class.forName("io.camunda.zeebe.process.test.engine.EngineFactory")
                .getMethod("create", int.class)
                .invoke(null, Integer.parseInt(arguments[0]));
    engine.start();
    System.out.println("ready");
    if (arguments.length > 1) {
      post(engine, URI.create(arguments[1]));
    }
    Thread.currentThread().join();
  }

  private static void post(ZeebeTestEngine engine, URI url) throws InterruptedException {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    long posted = 0;
    while (true) {
      StringBuilder body = new StringBuilder();
      long seen = 0;
      long next = posted;
      for (Record<?> record : engine.getRecordStreamSource().getRecords()) {
        seen++;
        if (seen > posted && next - posted < MOST_RECORDS) {
          body.append("{}\n").append(record.toJson()).append('\n');
          next = seen;
        }
      }
      try {
        if (next > posted) {
          HttpRequest request =
              HttpRequest.newBuilder(url).POST(HttpRequest.BodyPublishers.ofString(body.toString())).build();
          client.send(request, HttpResponse.BodyHandlers.discarding());
          posted = next;
        }
      } catch (IOException nobodyListens) {
        // They are posted again.
      }
      Thread.sleep(PAUSE_MILLISECONDS);
    }
  }

  /** Servers of this machine only: the engine asks for one on all of its addresses. */
  private static final class Loopback extends ServerProvider {
    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 10;
    }

    @Override
    protected ServerBuilder<?> builderForPort(int port) {
      return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }
  }

  private TestEngine() {}
}
