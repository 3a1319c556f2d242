namespace ConvNN.Data;

/// <summary>A dataset whose bytes are known, so that its name can be told from them and from nothing else.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Classes">Number of its classes.</param>
/// <param name="Sha256">SHA-256 of its decoded files, in the order of <see cref="DatasetFiles.Names"/>.</param>
internal sealed record PublishedDataset(string Name, int Classes, IReadOnlyList<string> Sha256)
{
    /// <summary>LeCun, Cortes and Burges, "The MNIST database of handwritten digits".</summary>
    public static readonly PublishedDataset Mnist = new(
        "mnist",
        Classes: 10,
        [
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        ]);

    /// <summary>The digits that are embedded in this library.</summary>
    public static readonly PublishedDataset Sample = new(
        "sample",
        Classes: 10,
        [
            "afeaa2c310303c7b6ec79438fbc9c57cde49b7197e2f6f7f23eefc17163a7bb2",
            "9e9ecb8ff4ddc76244e95bddc2a2ac9136832e8cf72e2fc9ea18ace9c3d5c7fd",
            "a929d9178e41595405d4fb00943e7ca24c3171ed97041c59739616dcf7e0f9ec",
            "d6d5cd907c6a59432c286a98f67d1dfc33a1baf2ff2524bed5b6225269a6ac88",
        ]);

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<PublishedDataset> All = [Mnist, Sample];

    /// <summary>The one whose four files these are, or null.</summary>
    public static PublishedDataset? Of(IEnumerable<IdxArray> files) =>
        All.FirstOrDefault(known => known.Sha256.SequenceEqual(files.Select(file => file.Sha256)));
}
