using ConvNN.Data;
using ConvNN.Data.Idx;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Training.Options;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Networks that are measured in addition to the configured one.</summary>
internal static class BenchmarkNetworks
{
    /// <summary>
    /// Two blocks of convolution and pooling, as in many tutorials: 15 MFLOP per 28×28 training image, three quarters of them in
    /// the second convolution.
    /// </summary>
    /// <param name="input">The shape of an image.</param>
    /// <param name="classes">The number of classes.</param>
    /// <exception cref="NetworkException">The images are too small.</exception>
    public static Network TwoBlock(Shape input, int classes) => new NetworkBuilder(input)
        .Conv2d(filters: 32, kernel: 3, activation: Activation.Relu)
        .MaxPool2d(window: 2)
        .Conv2d(filters: 64, kernel: 3, activation: Activation.Relu)
        .MaxPool2d(window: 2)
        .Flatten()
        .Dense(units: 128, activation: Activation.Relu)
        .Dense(units: classes, activation: Activation.Softmax)
        .Build();

    /// <summary>A network that computes almost nothing, on one-pixel images: its steps only cost the hand-off between threads.</summary>
    /// <param name="batchSize">The number of images per step.</param>
    public static BenchmarkCase Empty(int batchSize)
    {
        IdxArray pixels = new("one pixel each", new byte[batchSize], [batchSize, 1, 1]);
        IdxArray labels = new("their classes", new byte[batchSize], [batchSize]);
        ImageDataset images = new("pixels", "train", pixels, labels, classes: 2);
        return new BenchmarkCase(
            "hand-off",
            new NetworkBuilder(images.Shape).Flatten().Dense(units: 2, activation: Activation.Softmax).Build(),
            new DatasetPair("pixels", "made by the benchmark", images, images, IsAsPublished: false),
            new TrainingOptions { BatchSize = batchSize },
            new PipelineOptions());
    }
}
