using System.Xml.Linq;
using ConvNN.Data;
using ConvNN.Data.Catalog;
using ConvNN.Files;
using ConvNN.Formats;
using ConvNN.Kernels;
using ConvNN.Kernels.Vectors;
using ConvNN.Model;
using ConvNN.Model.Layers;
using ConvNN.Model.Networks;
using ConvNN.Pictures;
using ConvNN.Pictures.Formats;
using ConvNN.Training;
using ConvNN.Training.Options;

#pragma warning disable xUnit1051   // lines stand as pages show them, which need no token

namespace ConvNN.App.Tests.Architecture;

/// <summary>What packages say of themselves; and the code that their pages begin with, which stands and runs here.</summary>
public class PackageTests
{
    private const int MostLines = 8;

    private static readonly string[] Here =
        [.. File.ReadLines(Path.Combine(Repository.Root, "tests/ConvNN.App.Tests/Architecture/PackageTests.cs")).Select(line => line.Trim())];

    public static TheoryData<string> Libraries { get; } = ["ConvNN.Files", "ConvNN.Kernels", "ConvNN.Model", "ConvNN.Pictures", "ConvNN.Data", "ConvNN.Formats", "ConvNN.Training"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Library_HasADescriptionAndTags(string library)
    {
        XDocument project = XDocument.Load(Path.Combine(Repository.Root, "src", library, library + ".csproj"));

        Assert.All(["Description", "PackageTags"], name => Assert.NotEmpty(project.Descendants(name).Select(element => element.Value)));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Page_OfALibrary_BeginsWithCodeThatRunsHere(string library)
    {
        MarkdownPage page = new($"src/{library}/README.md");
        (string language, IReadOnlyList<string> lines) = page.Blocks().First();

        Assert.Equal([$"# {library}", "", "```csharp"], page.Lines.Take(3));
        Assert.Equal("csharp", language);
        Assert.InRange(lines.Count, 3, MostLines);
        Assert.True(
            Enumerable.Range(0, Here.Length - lines.Count).Any(first => lines.Select(line => line.Trim()).SequenceEqual(Here.Skip(first).Take(lines.Count))),
            $"{library}: the code of its page is not that of {nameof(PackageTests)}.");
    }

    [Fact]
    public void Kernels_FirstLines()
    {
        float[] x = [.. Enumerable.Range(0, 1000).Select(i => 0.1f * i)];
        float[] scalar = new float[1000], vector = new float[1000];
        KernelSet.For(KernelTier.Reference).Elementwise.AddScaled(scalar, 0.3f, x);     // y ← y + 0.3 · x, one element after another
        KernelSet.For(KernelSet.BestTier).Elementwise.AddScaled(vector, 0.3f, x);       // with the widest vectors of this machine
        Console.WriteLine(scalar.AsSpan().SequenceEqual(vector));                       // True: the same bits

        Assert.Equal(scalar, vector);
    }

    [Fact]
    public void Model_FirstLines()
    {
        Network network = new NetworkBuilder(Shape.Image(channels: 1, height: 28, width: 28))
            .Conv2d(filters: 8, kernel: 3, activation: Activation.Relu).MaxPool2d(window: 2).Flatten()
            .Dense(10, Activation.Softmax).Build();
        AlignedBuffer weights = network.Layout.Initialize(seed: 1);
        Console.WriteLine($"{network.Layout.TrainedCount:N0} parameters, output {network.Output}, weights {network.Layout.Hash(weights.Span)}");

        Assert.Equal(10, network.Output.Count);
    }

    [Fact]
    public void Files_FirstLines()
    {
        using TemporaryFolder folder = new();
        (string path, byte[] content) = (folder["x"], [1, 2, 3]);

        AtomicFile.Write(path, stream => stream.Write(content));        // the old file or the new one, even after a crash
        using FileStream file = RegularFile.OpenRead(path);             // no pipe that waits, no device that never ends
        Console.WriteLine($"{file.Length} bytes");

        Assert.Equal(3, file.Length);
    }

    [Fact]
    public void Pictures_FirstLines()
    {
        using TemporaryFolder folder = new();
        string photo = Photo(folder);

        Picture picture = PictureFile.Read(photo);                              // PNG, JPEG, GIF, BMP, PGM or PPM, by content
        PreparedPicture input = Preparations.Resize.Prepare(picture, Shape.Image(channels: 3, height: 32, width: 32));
        Console.WriteLine($"{input.Values.Length} values [C, H, W]; {string.Join(", ", input.Changes)}");

        Assert.Equal(3 * 32 * 32, input.Values.Length);
    }

    private static string Photo(TemporaryFolder folder)
    {
        File.WriteAllBytes(folder["photo.png"], PngWriter.Write(new Picture(40, 30, 1, new byte[1200])));
        return folder["photo.png"];
    }

    [Fact]
    public async Task Data_FirstLines()
    {
        DatasetPair data = await DatasetCatalog.LoadAsync("sample");        // or mnist, fashion-mnist, cifar-10, auto
        Console.WriteLine($"{data.Train.Count:N0} and {data.Test.Count:N0} images of {data.Train.Shape}, {data.Train.Classes} classes");
        Console.WriteLine($"the first is a {data.Train.Label(0)}, and has {data.Train.Image(0).Length} bytes");

        Assert.True(data.IsSample);
    }

    [Fact]
    public void Formats_FirstLines()
    {
        using TemporaryFolder folder = new();
        string path = folder[ModelFile.DefaultName];
        string photo = Photo(folder);
        Network network = new NetworkBuilder(Shape.Image(1, 28, 28)).Flatten().Dense(10, Activation.Softmax).Build();
        ModelFile.Save(path, network, network.Layout.Initialize(seed: 1), new ModelSubject("digits"));

        Classifier classifier = Classifier.Load(path);              // the model.safetensors of a run; no host, any thread
        Prediction digit = classifier.Predict(PictureFile.Read(photo)); // PNG, JPEG, …, prepared as in training; or pixels [C, H, W]
        Console.WriteLine($"{classifier.NameOf(digit.Class)}: {digit.Probability:P1}");

        Assert.InRange(digit.Probability, 0.1f, 1);
    }

    [Fact]
    public async Task Training_FirstLines()
    {
        DatasetPair data = await DatasetCatalog.LoadAsync("sample");
        Network network = new NetworkBuilder(data.Train.Shape).Flatten().Dense(32, Activation.Relu).Dense(10, Activation.Softmax).Build();
        Trainer trainer = new(network, data, new TrainingOptions { Epochs = 2, Optimizer = "adam", LearningRate = 0.001 }, new PipelineOptions());
        TrainingResult result = await trainer.RunAsync();
        Console.WriteLine($"{result.Best!.Test.Accuracy:P2} after {result.Epochs.Count} epochs, weights {result.WeightsSha256}");

        Assert.Equal(2, result.Epochs.Count);
    }
}
