using ConvNN.Data.Files;
using ConvNN.Data.Idx;
using ConvNN.Model;
using ConvNN.Model.Options;

namespace ConvNN.Data;

/// <summary>A dataset whose bytes are known: they alone identify it.</summary>
/// <param name="Outline">Its name and key figures.</param>
/// <param name="Files">Four IDX files, training images and labels, then test images and labels; or an archive of all.</param>
/// <param name="Mirrors">Web folders with its files, tried in turn; none for an embedded dataset.</param>
public sealed record PublishedDataset(DatasetOutline Outline, IReadOnlyList<PublishedFile> Files, IReadOnlyList<Uri> Mirrors)
{
    // Means MNIST, or the embedded sample if MNIST is not available.
    internal const string Auto = "auto";

    /// <summary>LeCun, Cortes and Burges, "The MNIST database of handwritten digits".</summary>
    public static PublishedDataset Mnist { get; } = new(
        new("mnist", Shape.Image(channels: 1, height: 28, width: 28), Classes: 10, TrainCount: 60_000, TestCount: 10_000),
        [
            new(DatasetFiles.Names[0], "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", 47_040_016, 9_912_422),
            new(DatasetFiles.Names[1], "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", 60_008, 28_881),
            new(DatasetFiles.Names[2], "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", 7_840_016, 1_648_877),
            new(DatasetFiles.Names[3], "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", 10_008, 4_542),
        ],
        [new("https://storage.googleapis.com/cvdf-datasets/mnist/"), new("https://ossci-datasets.s3.amazonaws.com/mnist/")]);

    /// <summary>
    /// Xiao, Rasul and Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms",
    /// https://arxiv.org/abs/1708.07747.
    /// </summary>
    public static PublishedDataset FashionMnist { get; } = new(
        new("fashion-mnist", Shape.Image(channels: 1, height: 28, width: 28), Classes: 10, TrainCount: 60_000, TestCount: 10_000),
        [
            new(DatasetFiles.Names[0], "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888", 47_040_016, 26_421_880),
            new(DatasetFiles.Names[1], "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9", 60_008, 29_515),
            new(DatasetFiles.Names[2], "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b", 7_840_016, 4_422_102),
            new(DatasetFiles.Names[3], "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34", 10_008, 5_148),
        ],
        [
            new("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
            new("https://fashion-mnist.s3.eu-central-1.amazonaws.com/"),     // the bucket's better-known website has no https
        ])
    {
        ClassNames = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
    };

    /// <summary>
    /// Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009, https://www.cs.toronto.edu/~kriz/cifar.html: the
    /// binary version, which stays in its archive.
    /// </summary>
    public static PublishedDataset Cifar10 { get; } = new(
        new("cifar-10", Shape.Image(channels: 3, height: 32, width: 32), Classes: 10, TrainCount: 50_000, TestCount: 10_000),
        [new("cifar-10-binary.tar.gz", "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", 170_052_171)],
        [new("https://www.cs.toronto.edu/~kriz/")])
    {
        ClassNames = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
    };

    /// <summary>The digits embedded in this library.</summary>
    public static PublishedDataset Sample { get; } = new(
        new("sample", Shape.Image(channels: 1, height: 28, width: 28), Classes: 10, TrainCount: 4_000, TestCount: 1_000),
        [
            new(DatasetFiles.Names[0], "afeaa2c310303c7b6ec79438fbc9c57cde49b7197e2f6f7f23eefc17163a7bb2", 3_136_016, 512_883),
            new(DatasetFiles.Names[1], "9e9ecb8ff4ddc76244e95bddc2a2ac9136832e8cf72e2fc9ea18ace9c3d5c7fd", 4_008, 2_060),
            new(DatasetFiles.Names[2], "a929d9178e41595405d4fb00943e7ca24c3171ed97041c59739616dcf7e0f9ec", 784_016, 129_539),
            new(DatasetFiles.Names[3], "d6d5cd907c6a59432c286a98f67d1dfc33a1baf2ff2524bed5b6225269a6ac88", 1_008, 524),
        ],
        Mirrors: []);

    /// <summary>All published datasets.</summary>
    public static IReadOnlyList<PublishedDataset> All { get; } = [Mnist, FashionMnist, Cifar10, Sample];

    /// <summary>Its name.</summary>
    public string Name => Outline.Name;

    /// <summary>Number of classes.</summary>
    public int Classes => Outline.Classes;

    /// <summary>The names of the classes, by label; null for digits.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Whether it is part of this library and needs neither a folder nor a download.</summary>
    public bool IsEmbedded => Mirrors.Count == 0;

    /// <summary>Finds a dataset by name.</summary>
    /// <exception cref="DatasetException">No dataset has this name.</exception>
    public static PublishedDataset Find(string name) => All.FirstOrDefault(known => known.Name == name)
        ?? throw new DatasetException($"'{name}' is not a known dataset; {NearestName.Hint(name, All.Select(known => known.Name))}");

    /// <summary>The dataset to try first for one of <see cref="Cache.DatasetOptions.Names"/>.</summary>
    /// <exception cref="DatasetException">No dataset has this name.</exception>
    internal static PublishedDataset Wanted(string name) => name == Auto ? Mnist : Find(name);

    /// <summary>The dataset that has these four IDX files; null if there is none.</summary>
    /// <param name="sha256">Their hashes, in the order of <see cref="Files"/>.</param>
    internal static PublishedDataset? Of(IReadOnlyList<string> sha256) => All.FirstOrDefault(known => known.Is(sha256));

    /// <summary>Whether these are the four IDX files of this dataset.</summary>
    /// <param name="sha256">Their hashes, in the order of <see cref="Files"/>.</param>
    internal bool Is(IReadOnlyList<string> sha256) => Files.Select(file => file.Sha256).SequenceEqual(sha256);
}
