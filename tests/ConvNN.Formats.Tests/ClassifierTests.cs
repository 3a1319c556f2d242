using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels;
using ConvNN.Kernels.Elementwise;
using ConvNN.Kernels.Losses;
using ConvNN.Kernels.Vectors;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Model.Samples;
using ConvNN.Pictures;

namespace ConvNN.Formats.Tests;

public class ClassifierTests
{
    private static readonly Network Network = TestModel.Network();

    [Fact]
    public void Load_ModelFile_PredictsAsTheNetworkItself()
    {
        using TemporaryFolder folder = new();
        ModelFile.Save(folder["m"], Network, TestModel.Weights(Network), new ModelSubject("bands"));

        Prediction loaded = Classifier.Load(folder["m"]).Predict(TestModel.Image(1));

        Assert.Equal(Create().Predict(TestModel.Image(1)).Probabilities, loaded.Probabilities);
    }

    /// <summary>The gradient foretells how a score changes when a pixel gets brighter by one, whatever the normalization.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Explain_Image_SaysWhatTheLayersComputeAndWhichPixelsMatter(bool isNormalized)
    {
        Normalization normalization = isNormalized ? Normalization.Standard([.. Enumerable.Repeat(0.4f, Network.Input.Channels)], [.. Enumerable.Repeat(0.2f, Network.Input.Channels)]) : Normalization.Unit;
        Classifier classifier = new(Network, TestModel.Weights(Network)) { Subject = new ModelSubject("bands") { Normalization = normalization } };
        byte[] pixels = TestModel.Image(1).ToArray();

        Explanation shown = classifier.Explain(pixels, label: 2);

        Assert.Equal((2, classifier.Predict(pixels).Class, classifier.Explain(pixels).Class), (shown.Class, shown.Prediction.Class, shown.Prediction.Class));
        Assert.Equal(Network.Blocks.Select(block => (block.Name, block.Type, block.Output)), shown.Layers.Select(layer => (layer.Name, layer.Type, layer.Shape)));
        Assert.All(shown.Layers, layer => Assert.Equal(layer.Shape.Count, layer.Values.Count));
        double sum = shown.Layers[^1].Values.Sum(score => Math.Exp(score));
        Assert.All(shown.Layers[^1].Values.Index(), score => Assert.Equal(shown.Prediction.Probabilities[score.Index], Math.Exp(score.Item) / sum, 1e-5));
        double largest = shown.Gradient.Max(Math.Abs) / byte.MaxValue;
        int foretold = 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            byte[] brighter = [.. pixels];
            brighter[i] = (byte)(pixels[i] + (pixels[i] < byte.MaxValue ? 1 : -1));
            double change = (classifier.Explain(brighter, 2).Layers[^1].Values[2] - shown.Layers[^1].Values[2]) * (pixels[i] < byte.MaxValue ? 1 : -1);
            foretold += Math.Abs(change - (shown.Gradient[i] / byte.MaxValue)) < 0.02 * largest ? 1 : 0;
        }

        // A pixel whose change moves a rectifier or a maximum over its kink is not foretold.
        Assert.InRange(foretold, pixels.Length * 8 / 10, pixels.Length);
        Assert.True(largest > 0);
    }

    [Fact]
    public void Load_NetworkWithoutSoftmax_IsRefused()
    {
        using TemporaryFolder folder = new();
        Network network = new NetworkBuilder(Shape.Vector(3)).Dense(units: 2).Build();
        ModelFile.Save(folder["m"], network, network.Layout.Initialize(1), new ModelSubject("none"));

        ModelFileException refused = Assert.Throws<ModelFileException>(() => Classifier.Load(folder["m"]));

        Assert.Contains("The last layer 'dense1' gives no probabilities", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The same bits as a batch of all images on the reference kernels.</summary>
    [Fact]
    public void Predict_Images_HaveTheBitsOfABatch()
    {
        const int Count = 9;
        float[] images = new float[Count * Network.Input.Stride];
        for (int n = 0; n < Count; n++)
        {
            ConvertKernels.ToUnit(TestModel.Image(n), images.AsSpan(n * Network.Input.Stride, Network.Input.Count), KernelTier.Reference);
        }

        AlignedBuffer weights = TestModel.Weights(Network);
        SampleRun run = new()
        {
            Images = images,
            Labels = new byte[Count],
            Indices = new int[Count],
            Weights = weights.Span,
            IsTraining = false,
            Seed = 1,
            Epoch = 1,
        };
        ReadOnlySpan<float> logits = Network.Forward(run, new Workspace(Network, Count, KernelSet.For(KernelTier.Reference)));
        Classifier classifier = Create();

        for (int n = 0; n < Count; n++)
        {
            ReadOnlySpan<float> expected = logits.Slice(n * Network.Output.Stride, Network.Output.Count);
            float[] probabilities = new float[Network.Output.Count];
            SoftmaxKernels.Forward(expected, probabilities);

            Prediction actual = classifier.Predict(TestModel.Image(n));

            Assert.Equal(SoftmaxKernels.ArgMax(expected), actual.Class);
            Assert.Equal(probabilities, actual.Probabilities);
            Assert.Equal(probabilities[actual.Class], actual.Probability);
        }
    }

    /// <summary>The same as a classifier without normalization gives for values that are normalized already.</summary>
    [Fact]
    public void Predict_NormalizedModel_NormalizesPixelsAndFloats()
    {
        Normalization normalization = Normalization.Standard([0.4f, 0.6f], [0.2f, 0.3f]);
        Classifier classifier = new(Network, TestModel.Weights(Network)) { Subject = new ModelSubject("bands") { Normalization = normalization } };
        byte[] pixels = TestModel.Image(3);
        float[] values = [.. pixels.Select(pixel => pixel / 255f)], normalized = [.. values];
        normalization.Apply(normalized, KernelSet.For(KernelTier.Reference).Elementwise);

        float[] expected = [.. Create().Predict(normalized).Probabilities];

        Assert.Equal(expected, classifier.Predict(pixels).Probabilities);
        Assert.Equal(expected, classifier.Predict(values).Probabilities);
        Assert.NotEqual(expected, Create().Predict(pixels).Probabilities);
    }

    /// <summary>A file, a stream without length, and several files: the same as the picture itself.</summary>
    [Fact]
    public void PredictFile_Picture_IsThePictureOfAnySource()
    {
        using TemporaryFolder folder = new();
        Network network = new NetworkBuilder(Shape.Image(1, 4, 5)).Flatten().Dense(units: 3, activation: Activation.Softmax).Build();
        Classifier classifier = new(network, TestModel.Weights(network)) { Subject = new ModelSubject("pets") { ClassNames = ["cat", "dog", "fox"], Preparation = Preparations.Pad } };
        Picture[] pictures = [.. Enumerable.Range(0, 3).Select(seed => new Picture(6, 3, 1, TestModel.Image(seed)[..18]))];
        string[] paths = [.. pictures.Select((_, i) => folder[$"{i}.png"])];
        for (int i = 0; i < paths.Length; i++)
        {
            File.WriteAllBytes(paths[i], PngWriter.Write(pictures[i]));
        }

        using BufferedStream stream = new(File.OpenRead(paths[1]));
        IReadOnlyList<Prediction> all = classifier.PredictFiles(paths, TestContext.Current.CancellationToken);

        Assert.Equal(pictures.Select(picture => classifier.Predict(picture).Probabilities), all.Select(prediction => prediction.Probabilities));
        Assert.Equal(all[1].Probabilities, classifier.PredictFile(paths[1]).Probabilities);
        Assert.Equal(all[1].Probabilities, classifier.Predict(stream).Probabilities);
        Assert.All(all, prediction => Assert.Equal(classifier.NameOf(prediction.Class), prediction.Name));
        Assert.Contains(all[0].Name, classifier.ClassNames!);
    }

    [Fact]
    public void PredictFiles_SeveralCannotBeRead_NamesTheFirst()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder["b.png"], [1, 2, 3]);

        PictureException refused = Assert.Throws<PictureException>(() => Create().PredictFiles([folder["b.png"], folder["a.png"]], TestContext.Current.CancellationToken));

        Assert.StartsWith(folder["b.png"], refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_Floats_AreThePixelsDividedBy255()
    {
        byte[] pixels = TestModel.Image(3);
        float[] values = [.. pixels.Select(pixel => pixel / 255f)];

        Assert.Equal(Create().Predict(pixels).Probabilities, Create().Predict(values).Probabilities);
    }

    [Fact]
    public void Predict_FromManyThreads_GivesWhatOneThreadGives()
    {
        const int Images = 50;
        Classifier classifier = Create();
        float[][] expected = [.. Enumerable.Range(0, Images).Select(n => classifier.Predict(TestModel.Image(n)).Probabilities.ToArray())];

        // More threads than cores, and a start for all at once.
        using Barrier start = new(8);
        Thread[] threads = new Thread[start.ParticipantCount];
        int different = 0;
        for (int t = 0; t < threads.Length; t++)
        {
            int first = t * 7;
            threads[t] = new Thread(() =>
            {
                start.SignalAndWait();
                for (int call = 0; call < 1000; call++)
                {
                    int n = (first + call) % Images;
                    if (!classifier.Predict(TestModel.Image(n)).Probabilities.SequenceEqual(expected[n]))
                    {
                        Interlocked.Increment(ref different);
                    }
                }
            });
            threads[t].Start();
        }

        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, different);
    }

    [Fact]
    public void Predict_Warm_AllocatesNothing()
    {
        Classifier classifier = Create();
        byte[] pixels = TestModel.Image(1);
        float[] probabilities = new float[classifier.Classes];
        long allocated = 0;
        for (int call = 0; call < 3; call++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            _ = classifier.Predict(pixels, probabilities);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // The bag of free memory has a node for each that is returned.
        Assert.True(allocated == 0, $"Expected 0 bytes, actual {allocated}.");
    }

    [Theory]
    [InlineData(83)]
    [InlineData(0)]
    [InlineData(85)]
    public void Predict_ImageOfAnotherSize_NamesBothNumbers(int length)
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Create().Predict(new byte[length]));

        Assert.Equal($"The image has {length} values, but the network takes 2×7×6 = 84.", refused.Message);
        Assert.Throws<ArgumentException>(() => Create().Predict(new float[length]));
    }

    [Fact]
    public void Predict_RoomForTooFewProbabilities_NamesBothNumbers()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Create().Predict(TestModel.Image(1), new float[3]));

        Assert.Equal("There is room for 3 probabilities, but the network has 4 classes.", refused.Message);
    }

    [Fact]
    public void Constructor_WeightsOfAnotherNetwork_AreRefused() =>
        Assert.Throws<ArgumentException>(() => new Classifier(Network, new AlignedBuffer(16)));

    private static Classifier Create() => new(Network, TestModel.Weights(Network));
}
