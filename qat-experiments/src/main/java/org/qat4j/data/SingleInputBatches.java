package org.qat4j.data;

import java.util.List;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** The view of {@link TextBatches} that a MultiLayerNetwork trains on. */
final class SingleInputBatches implements DataSetIterator {
  private static final long serialVersionUID = 1L;

  private final TextBatches batches;
  private final int length;
  private final int classes;
  private final int batch;
  private DataSetPreProcessor preProcessor;

  SingleInputBatches(TextBatches batches, int length, int classes, int batch) {
    this.batches = batches;
    this.length = length;
    this.classes = classes;
    this.batch = batch;
  }

  @Override
  public boolean hasNext() {
    return batches.hasNext();
  }

  @Override
  public DataSet next() {
    return next(batch);
  }

  @Override
  public DataSet next(int size) {
    MultiDataSet multi = batches.next(size);
    DataSet result =
        new DataSet(multi.getFeatures(0), multi.getLabels(0), multi.getFeaturesMaskArray(0), null);
    if (preProcessor != null) {
      preProcessor.preProcess(result);
    }
    return result;
  }

  @Override
  public int inputColumns() {
    return length;
  }

  @Override
  public int totalOutcomes() {
    return classes;
  }

  @Override
  public int batch() {
    return batch;
  }

  @Override
  public void reset() {
    batches.reset();
  }

  @Override
  public boolean resetSupported() {
    return true;
  }

  @Override
  public boolean asyncSupported() {
    return false;
  }

  @Override
  public List<String> getLabels() {
    return null;
  }

  @Override
  public void setPreProcessor(DataSetPreProcessor preProcessor) {
    this.preProcessor = preProcessor;
  }

  @Override
  public DataSetPreProcessor getPreProcessor() {
    return preProcessor;
  }
}
