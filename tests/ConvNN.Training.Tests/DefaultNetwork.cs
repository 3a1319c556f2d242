using ConvNN.Data;
using ConvNN.Model;
using ConvNN.Model.Layers;

namespace ConvNN.Training.Tests;

/// <summary>The network of the original project, built in code.</summary>
internal static class DefaultNetwork
{
    public const string HashOfTwoEpochsOf505 = "6d25100ed47d5a015d515bfb704829a22b5a86ca5fcc4eba4216241c5beeb78e";

    public static Network For(DatasetPair data) => new NetworkBuilder(data.Train.Shape)
        .Conv2d(filters: 8, kernel: 3, activation: Activation.Relu)
        .MaxPool2d(window: 2)
        .Flatten()
        .Dense(units: 128, activation: Activation.Relu, dropout: 0.25)
        .Dense(units: 64, activation: Activation.Relu, dropout: 0.25)
        .Dense(units: data.Train.Classes, activation: Activation.Softmax)
        .Build();
}
