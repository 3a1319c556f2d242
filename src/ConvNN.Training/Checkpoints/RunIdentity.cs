namespace ConvNN.Training.Checkpoints;

/// <summary>Everything that determines the weights of a run, so that a checkpoint of another run is refused.</summary>
/// <param name="Configuration">The configuration keys that determine them, with their values: <c>Training:Seed</c>, <c>1</c>.</param>
/// <param name="Dataset">The dataset's figures and the hashes of its files.</param>
public sealed record RunIdentity(IReadOnlyDictionary<string, string> Configuration, IReadOnlyDictionary<string, string> Dataset)
{
    /// <summary>The first key, in alphabetical order, whose value differs; the dataset's come after the configuration's. Null if there is none.</summary>
    /// <param name="other">The identity to compare with.</param>
    /// <param name="allowed">Keys that may differ, including all keys below them: <c>Training:Schedule</c>.</param>
    public Difference? FirstDifference(RunIdentity other, IReadOnlyCollection<string> allowed) =>
        Differences(Configuration, other.Configuration, allowed).Concat(Differences(Dataset, other.Dataset, allowed)).FirstOrDefault();

    private static IEnumerable<Difference> Differences(
        IReadOnlyDictionary<string, string> mine, IReadOnlyDictionary<string, string> other, IReadOnlyCollection<string> allowed) =>
        from key in mine.Keys.Union(other.Keys).Order(StringComparer.Ordinal)
        let values = (mine.GetValueOrDefault(key), other.GetValueOrDefault(key))
        where values.Item1 != values.Item2 && !allowed.Any(name => IsBelow(key, name))
        select new Difference(key, values.Item1, values.Item2);

    private static bool IsBelow(string key, string name) =>
        key.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (key.Length == name.Length || key[name.Length] == ':');

    /// <summary>A key that differs.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Mine">Its value here; null where there is none.</param>
    /// <param name="Other">Its value there; null where there is none.</param>
    public sealed record Difference(string Key, string? Mine, string? Other);
}
