namespace ConvNN.Training.Progress;

/// <summary>What the network made of each test image after an epoch; sent if <see cref="Trainer.KeepsPredictions"/> is on.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Outcomes">The prediction and the loss of each image.</param>
public sealed record TestImagesRead(int Epoch, ImageOutcomes Outcomes) : TrainingEvent;
