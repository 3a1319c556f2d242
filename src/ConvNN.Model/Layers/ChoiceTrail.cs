namespace ConvNN.Model.Layers;

/// <summary>
/// The branches that a forward pass took, as one number: which side of its kink each rectifier was on, which value of each
/// window was the largest. If two passes have equal trails, there is no kink between them.
/// </summary>
public sealed class ChoiceTrail
{
    // FNV-1a, 64 bits; two different trails collide with a probability of about 10⁻¹⁹.
    private const ulong Start = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>The branches so far.</summary>
    public ulong Value { get; private set; } = Start;

    /// <summary>Discards all branches.</summary>
    public void Clear() => Value = Start;

    /// <summary>Records a branch.</summary>
    /// <param name="branch">The branch taken.</param>
    public void Note(int branch) => Value = (Value ^ (uint)branch) * Prime;
}
