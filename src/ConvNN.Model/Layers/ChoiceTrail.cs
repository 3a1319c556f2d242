namespace ConvNN.Model.Layers;

/// <summary>
/// The choices between branches that a forward pass made, as one number: which side of its kink each rectifier was on,
/// which value of each window was the largest. Equal trails: no kink lies between two passes.
/// </summary>
public sealed class ChoiceTrail
{
    // FNV-1a, 64 bits; two different trails meet by chance once in 10¹⁹ times.
    private const ulong Start = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>The choices so far.</summary>
    public ulong Value { get; private set; } = Start;

    /// <summary>Forgets all choices.</summary>
    public void Clear() => Value = Start;

    /// <summary>Notes a choice.</summary>
    /// <param name="branch">The branch taken.</param>
    public void Note(int branch) => Value = (Value ^ (uint)branch) * Prime;
}
