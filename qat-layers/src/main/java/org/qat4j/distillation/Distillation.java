package org.qat4j.distillation;

import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossCosineProximity;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.qat4j.QatException;
import org.qat4j.distillation.internal.DistillationLoss;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.internal.quantizing.QatLayer;
import org.qat4j.qat.internal.Kind;

/**
 * Lets a network under quantization learn from a float network. From the constructor until {@link
 * #close} the student's outputs have the loss {@link DistillationLoss}, and every batch has to come
 * from {@link #teach}. Hidden layers are taught as by FitNets (Romero et al., arXiv:1412.6550,
 * equation (3), without a regressor, since both layers have the same shape): the mean over the
 * values of a layer of ½·(student − teacher)², times its weight, is part of what is minimized, but
 * not of the score that DL4J shows.
 *
 * <p>An output with {@link LossCosineProximity} learns the teacher's vectors, and no labels.
 *
 * <pre>{@code
 * try (Distillation distillation = new Distillation(qat.network(), floatNetwork, spec)) {
 *   while (data.hasNext()) {
 *     graph.fit(distillation.teach(data.next()));
 *   }
 * }
 * }</pre>
 */
public final class Distillation implements AutoCloseable {
  private final Model teacher;
  private final List<String> outputs;
  private final Map<String, QatLayer> hidden = new LinkedHashMap<>();
  private final IdentityHashMap<BaseOutputLayer, ILossFunction> losses = new IdentityHashMap<>();
  private final Set<String> vectors = new HashSet<>();
  private final DistillationSpec spec;

  /**
   * Begins.
   *
   * @param student is trained; prepared for quantization where hidden layers are taught
   * @param teacher answers in evaluation mode and stays as it is; reads the same inputs and has
   *     layers of the same names
   * @throws QatException if an output is neither softmax with cross-entropy nor a vector, or a
   *     hidden layer cannot be taught; the message names the layer
   */
  public Distillation(Model student, Model teacher, DistillationSpec spec) {
    this.teacher = teacher;
    this.spec = spec;
    Topology topology = Topology.of(student);
    check(topology, spec);
    this.outputs = topology.outputs();
    Set<String> taught = Topology.of(teacher).names();
    for (String name : outputs) {
      checkTaught(name, taught);
      if (isVector(topology, name)) {
        vectors.add(name);
      } else {
        BaseOutputLayer out = (BaseOutputLayer) topology.layer(student, name).conf().getLayer();
        losses.put(out, out.getLossFn());
      }
    }
    for (String name : hidden(topology, spec)) {
      checkTaught(name, taught);
      Layer layer = topology.layer(student, name);
      if (!(layer instanceof QatLayer quantized)) {
        throw new QatException(
            "layer \"" + name + "\" is not prepared for quantization, so that it cannot be taught");
      }
      hidden.put(name, quantized);
    }
    DistillationLoss loss = new DistillationLoss(spec.temperature(), spec.weight());
    losses.keySet().forEach(layer -> layer.setLossFn(loss));
  }

  /** Whether a network answers with a vector, which is taught as it is. */
  private static boolean isVector(Topology topology, String output) {
    return topology.node(output).layer() instanceof LossLayer loss
        && loss.getLossFn() instanceof LossCosineProximity;
  }

  /** Hidden layers that are meant, each once. */
  private static Set<String> hidden(Topology topology, DistillationSpec spec) {
    Set<String> found = new LinkedHashSet<>();
    for (String pattern : spec.layers()) {
      Pattern regex =
          Stream.of(pattern.split("\\*", -1))
              .map(Pattern::quote)
              .collect(Collectors.collectingAndThen(Collectors.joining(".*"), Pattern::compile));
      List<String> matching =
          taughtLayers(topology).filter(name -> regex.matcher(name).matches()).toList();
      if (matching.isEmpty()) {
        throw new QatException(
            "there is no hidden layer \""
                + pattern
                + "\" that can be taught; there are "
                + taughtLayers(topology).toList());
      }
      found.addAll(matching);
    }
    return found;
  }

  private static Stream<String> taughtLayers(Topology topology) {
    return topology.nodes().stream()
        .filter(n -> Kind.isQuantized(n) && !topology.outputs().contains(n.name()))
        .map(Topology.Node::name);
  }

  /**
   * Checks what can be checked without a teacher.
   *
   * @param topology of the student, prepared or not
   * @throws QatException as the constructor
   */
  public static void check(Topology topology, DistillationSpec spec) {
    for (String name : topology.outputs()) {
      boolean classes =
          topology.node(name).layer() instanceof BaseOutputLayer out
              && out.getActivationFn() instanceof ActivationSoftmax
              && out.getLossFn() instanceof LossMCXENT;
      if (!classes && !isVector(topology, name)) {
        throw new QatException(
            "layer \""
                + name
                + "\" cannot be taught by another network: distillation needs an output layer with"
                + " softmax and cross-entropy (MCXENT), or a LossLayer with COSINE_PROXIMITY");
      }
    }
    hidden(topology, spec);
  }

  private static void checkTaught(String name, Set<String> teacher) {
    if (!teacher.contains(name)) {
      throw new QatException("the teacher has no layer \"" + name + "\"; it has " + teacher);
    }
  }

  /**
   * A batch with what the teacher says of it. It shares the arrays of the given one, which stays as
   * it is.
   *
   * @param batch with one label array [n, classes] or [n, classes, t] for each output; of any shape
   *     where vectors are learned
   */
  public org.nd4j.linalg.dataset.api.MultiDataSet teach(
      org.nd4j.linalg.dataset.api.MultiDataSet batch) {
    Map<String, INDArray> said =
        Topology.activations(teacher, batch.getFeatures(), batch.getFeaturesMaskArrays());
    INDArray[] targets = new INDArray[batch.getLabels().length];
    for (int i = 0; i < targets.length; i++) {
      INDArray answer = said.get(outputs.get(i));
      targets[i] =
          vectors.contains(outputs.get(i))
              ? answer.detach()
              : DistillationLoss.targets(batch.getLabels(i), answer);
    }
    hidden.forEach(
        (name, layer) ->
            layer.quantizer().pass().teach(said.get(name).detach(), (float) spec.layerWeight()));
    return new MultiDataSet(
        batch.getFeatures(), targets, batch.getFeaturesMaskArrays(), batch.getLabelsMaskArrays());
  }

  /** Gives the student back the losses that it had. */
  @Override
  public void close() {
    losses.forEach(BaseOutputLayer::setLossFn);
    hidden.values().forEach(layer -> layer.quantizer().pass().teach(null, 0));
  }
}
