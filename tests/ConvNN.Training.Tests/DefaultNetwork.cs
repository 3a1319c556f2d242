using ConvNN.Data;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;

namespace ConvNN.Training.Tests;

/// <summary>The network of the original project, built in code.</summary>
internal static class DefaultNetwork
{
    public const string HashOfTwoEpochsOf505 = "b3f45076954c54b735303f7112922bbac3fd31e2d75bf84683ebcfcecf05cfe7";

    public static Network For(DatasetPair data) => new NetworkBuilder(data.Train.Shape)
        .Conv2d(filters: 8, kernel: 3, activation: Activation.Relu)
        .MaxPool2d(window: 2)
        .Flatten()
        .Dense(units: 128, activation: Activation.Relu, dropout: 0.25)
        .Dense(units: 64, activation: Activation.Relu, dropout: 0.25)
        .Dense(units: data.Train.Classes, activation: Activation.Softmax)
        .Build();
}
