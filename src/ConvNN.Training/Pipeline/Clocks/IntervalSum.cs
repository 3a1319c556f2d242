namespace ConvNN.Training.Pipeline.Clocks;

/// <summary>Time that adds up from intervals. One thread at a time opens and closes them; any thread may read, also while one is open.</summary>
internal struct IntervalSum
{
    // An open interval counts as minus its beginning. No sum of intervals reaches the time since the machine's start, so
    // its sign tells whether an interval is open. Because it is a single number, readers need no lock.
    private long _ticks;

    /// <summary>Begins an interval.</summary>
    /// <param name="now">The time, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    public void Open(long now) => Volatile.Write(ref _ticks, _ticks - now);

    /// <summary>Ends the interval that is open.</summary>
    /// <param name="now">The time.</param>
    public void Close(long now) => Volatile.Write(ref _ticks, _ticks + now);

    /// <summary>The ticks of all intervals, that of an open one up to now.</summary>
    /// <param name="now">The time.</param>
    public readonly long Ticks(long now)
    {
        long ticks = Volatile.Read(in _ticks);
        return ticks < 0 ? Math.Max(0, ticks + now) : ticks;
    }
}
