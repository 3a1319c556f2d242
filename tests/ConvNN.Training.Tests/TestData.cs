using ConvNN.Data;
using ConvNN.Data.Idx;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;

namespace ConvNN.Training.Tests;

/// <summary>Small data and networks that take milliseconds to train and still have every kind of layer.</summary>
internal static class TestData
{
    public const int Classes = 3;

    /// <summary>Images whose class shows: class k is bright in row band k, with noise.</summary>
    public static ImageDataset Images(int count, string part = "train", int seed = 1)
    {
        const int Side = 9;
        Random random = new(seed);
        byte[] labels = new byte[count];
        byte[] pixels = new byte[count * Side * Side];
        for (int i = 0; i < count; i++)
        {
            labels[i] = (byte)(i % Classes);
            for (int p = 0; p < Side * Side; p++)
            {
                bool isBand = p / Side / (Side / Classes) == labels[i];
                pixels[(i * Side * Side) + p] = (byte)random.Next(isBand ? 100 : 0, isBand ? 256 : 140);
            }
        }

        return new ImageDataset("bands", part, new IdxArray("images", pixels, [count, Side, Side]), new IdxArray("labels", labels, [count]), Classes);
    }

    public static DatasetPair Pair(int train, int test = 20) =>
        new("bands", "made by the test", Images(train), Images(test, "test", seed: 2), IsAsPublished: false);

    public static Network Network() => new NetworkBuilder(Shape.Image(1, 9, 9))
        .Conv2d(filters: 4, kernel: 3, activation: Activation.Relu)
        .MaxPool2d(window: 2)
        .Flatten()
        .Dense(units: 18, activation: Activation.Relu, dropout: 0.25)
        .Dense(units: Classes, activation: Activation.Softmax)
        .Build();

    public static Network BatchNormNetwork() => new NetworkBuilder(Shape.Image(1, 9, 9))
        .Conv2d(filters: 6, kernel: 3, bias: false)
        .BatchNorm2d()
        .Activate(Activation.Relu)
        .Conv2d(filters: 6, kernel: 3, padding: 1)
        .Residual(layers: 1, Activation.Relu)
        .Flatten()
        .Dense(units: 12, activation: Activation.Relu, dropout: 0.25)
        .Dense(units: Classes, activation: Activation.Softmax)
        .Build();
}
