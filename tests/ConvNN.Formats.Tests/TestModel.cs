using ConvNN.Kernels.Vectors;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;

namespace ConvNN.Formats.Tests;

/// <summary>A small network with every kind of layer that has parameters, and its file.</summary>
internal static class TestModel
{
    public static Network Network() => new NetworkBuilder(Shape.Image(2, 7, 6))
        .Conv2d(filters: 3, kernel: new Size2d(3, 2), padding: new Size2d(1, 0), activation: Activation.Relu)
        .MaxPool2d(window: 2)
        .Flatten()
        .Dense(units: 7, bias: false, activation: Activation.Relu, dropout: 0.25)
        .Dense(units: 4, activation: Activation.Softmax)
        .Build();

    public static AlignedBuffer Weights(Network network) => network.Layout.Initialize(seed: 5);

    /// <summary>The bytes of its file.</summary>
    public static byte[] File()
    {
        using TemporaryFolder folder = new();
        Network network = Network();
        ModelFile.Save(folder["model.safetensors"], network, Weights(network), new ModelSubject("bands"));
        return System.IO.File.ReadAllBytes(folder["model.safetensors"]);
    }

    /// <summary>Different images of bytes.</summary>
    public static byte[] Image(int seed)
    {
        byte[] pixels = new byte[2 * 7 * 6];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }
}
