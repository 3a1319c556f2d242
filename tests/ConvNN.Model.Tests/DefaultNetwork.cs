using ConvNN.Model.Layers;
using ConvNN.Model.Networks;

namespace ConvNN.Model.Tests;

/// <summary>The network that the program ships with, and the same in small.</summary>
internal static class DefaultNetwork
{
    public static Network Build() => new NetworkBuilder(Shape.Image(1, 28, 28))
        .Conv2d(filters: 8, kernel: 3, activation: Activation.Relu)
        .MaxPool2d(window: 2)
        .Flatten()
        .Dense(units: 128, activation: Activation.Relu, dropout: 0.25)
        .Dense(units: 64, activation: Activation.Relu, dropout: 0.25)
        .Dense(units: 10, activation: Activation.Softmax)
        .Build();

    /// <summary>Dropout of a half scales by 2, which is exact.</summary>
    public static Network Shrunk() => new NetworkBuilder(Shape.Image(1, 8, 8))
        .Conv2d(filters: 3, kernel: 3, activation: Activation.Relu)
        .MaxPool2d(window: 2)
        .Flatten()
        .Dense(units: 8, activation: Activation.Relu, dropout: 0.5)
        .Dense(units: 6, activation: Activation.Relu, dropout: 0.5)
        .Dense(units: 3, activation: Activation.Softmax)
        .Build();
}
