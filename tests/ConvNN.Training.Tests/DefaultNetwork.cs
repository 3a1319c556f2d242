using ConvNN.Data;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;

namespace ConvNN.Training.Tests;

/// <summary>The network of the original project, built in code.</summary>
internal static class DefaultNetwork
{
    public const string HashOfTwoEpochsOf505 = "13394b15831956fe40eb5cf9f184ed48d3c334cb5812136c5442514f09779774";

    public static Network For(DatasetPair data) => new NetworkBuilder(data.Train.Shape)
        .Conv2d(filters: 8, kernel: 3, activation: Activation.Relu)
        .MaxPool2d(window: 2)
        .Flatten()
        .Dense(units: 128, activation: Activation.Relu, dropout: 0.25)
        .Dense(units: 64, activation: Activation.Relu, dropout: 0.25)
        .Dense(units: data.Train.Classes, activation: Activation.Softmax)
        .Build();
}
