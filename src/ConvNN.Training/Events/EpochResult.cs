using ConvNN.Training.Pipeline;

namespace ConvNN.Training.Events;

/// <summary>A finished epoch: training, then evaluation on the test part.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Dataset">Name of the dataset.</param>
/// <param name="LearningRate">The learning rate of its steps.</param>
/// <param name="Training">What training gave: loss and accuracy are running means, dropout being on.</param>
/// <param name="Test">What evaluation gave.</param>
/// <param name="WeightsSha256">SHA-256 of the weights, <see cref="Model.ParameterLayout.Hash"/>.</param>
public sealed record EpochResult(
    int Epoch, string Dataset, double LearningRate, PassResult Training, PassResult Test, string WeightsSha256)
    : TrainingEvent;
