namespace ConvNN.Training.Pipeline.Tuning;

/// <summary>A comparison of the current number with another.</summary>
/// <param name="Other">The index of the other.</param>
/// <param name="IsAgain">Whether the compiler disturbed the comparison before.</param>
internal sealed record Trial(int Other, bool IsAgain)
{
    private double _rate;

    /// <summary>Whether the next turn is the other's.</summary>
    public bool IsTurnOfOther => _rate > 0;

    /// <summary>The seconds by which the other took longer than the current number would have; below 0 if it is faster. A single turn may be disturbed either way.</summary>
    public double Lost { get; private set; }

    /// <summary>Segments that the end of an epoch has cut.</summary>
    public int Cuts { get; set; }

    /// <summary>Whether the compiler disturbed one of them.</summary>
    public bool IsDisturbed { get; private set; }

    /// <summary>How many times the throughput of the current number the other had, in each pair.</summary>
    public List<double> Gains { get; } = [];

    /// <summary>The throughput of the current number.</summary>
    public List<double> Rates { get; } = [];

    /// <summary>The throughput of the other.</summary>
    public List<double> OtherRates { get; } = [];

    /// <summary>Begins a pair with the throughput of the current number.</summary>
    public void Begin(double rate, SegmentTime time)
    {
        _rate = rate;
        IsDisturbed |= time.IsCompiling;
    }

    /// <summary>Ends a pair with the throughput of the other.</summary>
    public void Add(double rate, SegmentTime time)
    {
        IsDisturbed |= time.IsCompiling;
        Gains.Add(rate / _rate);
        Rates.Add(_rate);
        OtherRates.Add(rate);
        Lost += time.Seconds - (time.Samples / _rate);
        _rate = 0;
    }
}
