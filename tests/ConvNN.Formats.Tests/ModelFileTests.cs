using System.Text;
using ConvNN.Formats.SafeTensors;
using ConvNN.Kernels.Vectors;
using ConvNN.Model.Networks;
using ConvNN.Pictures;

namespace ConvNN.Formats.Tests;

public class ModelFileTests
{
    [Fact]
    public void Load_WhatWasSaved_GivesNetworkWeightsAndDataset()
    {
        using TemporaryFolder folder = new();
        Network network = TestModel.Network();
        AlignedBuffer weights = TestModel.Weights(network);

        ModelFile.Save(folder["m"], network, weights, new ModelSubject("bands"));
        ModelFile model = ModelFile.Load(folder["m"]);

        Assert.Equal(network.Blocks, model.Network.Blocks);
        Assert.Equal((network.Input, "bands", network.Layout.Hash(weights.Span)), (model.Network.Input, model.Dataset, model.WeightsSha256));
        Assert.True(weights.Span.SequenceEqual(model.Weights.Span), "The weights differ.");
    }

    [Fact]
    public void Save_SameWeightsTwice_GivesTheSameBytes() => Assert.Equal(TestModel.File(), TestModel.File());

    [Fact]
    public void Save_WeightThatIsNotFinite_IsRefusedAndKeepsTheOldFile()
    {
        using TemporaryFolder folder = new();
        Network network = TestModel.Network();
        AlignedBuffer weights = TestModel.Weights(network);
        ModelFile.Save(folder["m"], network, weights, new ModelSubject("bands"));
        byte[] good = File.ReadAllBytes(folder["m"]);
        weights.Span[network.Layout.Parameters.Single(p => p.Name == "dense1.weight").Offset + 2] = float.NaN;

        ModelFileException refused = Assert.Throws<ModelFileException>(() => ModelFile.Save(folder["m"], network, weights, new ModelSubject("bands")));

        Assert.Contains("weight dense1.weight[2] is NaN, expected finite weights", refused.Message, StringComparison.Ordinal);
        Assert.Equal(good, File.ReadAllBytes(folder["m"]));
    }

    [Fact]
    public void Save_Normalization_IsReadAgain()
    {
        using TemporaryFolder folder = new();
        Network network = TestModel.Network();
        Normalization normalization = Normalization.Standard([0.1f, 1f / 3f], [0.3081f, 2f / 7f]);
        ModelFile.Save(folder["m"], network, TestModel.Weights(network), new ModelSubject("bands") { Normalization = normalization });

        Normalization read = ModelFile.Load(folder["m"]).Subject.Normalization;

        Assert.Equal(normalization.Means, read.Means);
        Assert.Equal(normalization.Deviations, read.Deviations);
    }

    /// <summary>The network takes two channels.</summary>
    [Fact]
    public void Load_NormalizationOfOneChannel_IsRefused()
    {
        using TemporaryFolder folder = new();
        Network network = TestModel.Network();
        ModelFile.Save(folder["m"], network, TestModel.Weights(network), new ModelSubject("bands") { Normalization = Normalization.Standard([0.1f], [0.2f]) });

        ModelFileException refused = Assert.Throws<ModelFileException>(() => ModelFile.Load(folder["m"]));

        Assert.Contains("convnn.normalization is '(pixel / 255 - [0.1]) / [0.2]', expected 'pixel / 255', or ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("for each of 2 channels", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("convnn.network", "metadata has no convnn.network; expected a file written by ConvNN.")]
    [InlineData("convnn.weights_sha256", "metadata has no convnn.weights_sha256")]
    [InlineData("convnn.dataset", "metadata has no convnn.dataset")]
    [InlineData("convnn.normalization", "metadata has no convnn.normalization")]
    [InlineData("pixel / 255", "convnn.normalization is 'qixel / 255', expected 'pixel / 255'")]
    [InlineData("relu", "convnn.network does not define a network that this version can build: Layers:0:Activation is qelu; it must be one of relu, ")]
    [InlineData("Filters", "does not define a network")]
    public void Load_MetadataThatWereChanged_AreRefused(string text, string expected)
    {
        // Any other letter at the beginning; a flip of one bit keeps the length.
        string file = Encoding.Latin1.GetString(TestModel.File());
        int at = file.IndexOf(text, StringComparison.Ordinal);
        string other = text[0] is 'p' or 'r' ? "q" : "_";

        ModelFileException refused = Assert.Throws<ModelFileException>(() => Load(Encoding.Latin1.GetBytes(file[..at] + other + file[(at + 1)..])));

        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void Load_WeightThatWasChanged_IsRefusedByItsHash()
    {
        byte[] file = TestModel.File();
        file[^1] ^= 1;

        ModelFileException refused = Assert.Throws<ModelFileException>(() => Load(file));

        Assert.Contains("the weights have the SHA-256 ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WeightThatIsNotFinite_IsNamed()
    {
        byte[] file = TestModel.File();
        BitConverter.TryWriteBytes(file.AsSpan()[^4..], float.PositiveInfinity);

        ModelFileException refused = Assert.Throws<ModelFileException>(() => Load(file));

        Assert.Contains("weight dense2.weight[27] is Infinity, expected finite weights", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingFile_SaysSo()
    {
        using TemporaryFolder folder = new();

        ModelFileException refused = Assert.Throws<ModelFileException>(() => ModelFile.Load(folder["none"]));

        Assert.StartsWith($"{folder["none"]}: there is no such file in ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Folder_IsRefused()
    {
        using TemporaryFolder folder = new();

        Assert.Throws<ModelFileException>(() => ModelFile.Load(folder.Path));
    }

    [Fact]
    public void Load_Pipe_IsRefusedAndDoesNotWait()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Pipes have no names among files.");
        using TemporaryFolder folder = new();
        using System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo", [folder["pipe"]]);
        make.WaitForExit();

        ModelFileException refused = Assert.Throws<ModelFileException>(() => ModelFile.Load(folder["pipe"]));

        Assert.Contains("is empty or not a regular file", refused.Message, StringComparison.Ordinal);
    }

    private static ModelFile Load(byte[] file) => ModelFile.Load(new MemoryStream(file), "test");
}
