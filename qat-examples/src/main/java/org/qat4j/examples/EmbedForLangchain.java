package org.qat4j.examples;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.store.embedding.CosineSimilarity;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.qat4j.runtime.Predictor;

/** Vectors of a frozen encoder as langchain4j asks for them: in plain Java, without natives. */
public final class EmbedForLangchain implements EmbeddingModel {
  private final Predictor predictor;

  /**
   * @param model a file whose answers are vectors
   */
  public EmbedForLangchain(Path model) {
    this.predictor = Predictor.load(model);
  }

  @Override
  public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
    return Response.from(
        segments.parallelStream()
            .map(segment -> Embedding.from(predictor.embed(segment.text())))
            .toList());
  }

  @Override
  public int dimension() {
    return predictor.runtime().outputSize();
  }

  /** Arguments: a model file, then texts, of which the others are compared with the first. */
  public static void main(String[] args) {
    EmbeddingModel model = new EmbedForLangchain(Path.of(args[0]));
    Embedding first = model.embed(args[1]).content();
    for (String text : List.of(args).subList(2, args.length)) {
      double cosine = CosineSimilarity.between(first, model.embed(text).content());
      System.out.printf(Locale.ROOT, "%.3f %s%n", cosine, text);
    }
  }
}
