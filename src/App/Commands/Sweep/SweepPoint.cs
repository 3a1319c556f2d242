namespace ConvNN.App.Commands.Sweep;

/// <summary>A point of a sweep's grid: a value for each varied key, in the order in which they were given.</summary>
/// <param name="Values">The keys with their values; empty if nothing is varied.</param>
internal sealed record SweepPoint(IReadOnlyList<KeyValuePair<string, string>> Values)
{
    /// <summary>The form in the log: <c>LearningRate=0.1 Momentum=0.9</c>; empty if nothing is varied.</summary>
    public override string ToString() => string.Join(' ', Values.Select(pair => $"{Variation.ShortKeyOf(pair.Key)}={pair.Value}"));
}
