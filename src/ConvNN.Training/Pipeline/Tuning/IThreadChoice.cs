using ConvNN.Training.Progress;

namespace ConvNN.Training.Pipeline.Tuning;

/// <summary>Chooses on how many threads the next steps of training run. The weights do not depend on it.</summary>
internal interface IThreadChoice
{
    /// <summary>The most threads that it may choose.</summary>
    int Most { get; }

    /// <summary>The number that it takes to be the fastest.</summary>
    int Threads { get; }

    /// <summary>What comes next.</summary>
    Segment Next();

    /// <summary>Takes what the segment that came next has measured.</summary>
    /// <param name="time">The measurement; of fewer steps than were asked for where the epoch ended.</param>
    /// <returns>The change, if the measurement decides for another number of threads.</returns>
    WorkersChanged? Observe(SegmentTime time);
}

/// <summary>Steps of an epoch that run on the same number of threads.</summary>
/// <param name="Threads">The number of threads.</param>
/// <param name="Steps">The most steps.</param>
/// <param name="Further">Threads beside them, for which a <see cref="ProcessorProbe"/> looks for free processors meanwhile.</param>
internal readonly record struct Segment(int Threads, long Steps, int Further = 0);

/// <summary>What a segment has measured.</summary>
/// <param name="Step">Steps of the run that were finished at its end.</param>
/// <param name="Samples">Its samples.</param>
/// <param name="Seconds">The time it took.</param>
/// <param name="IsCompiling">Whether the compiler took a processor for much of it.</param>
/// <param name="HasRoom">Whether processors are free for the further threads; null where none were to be looked for.</param>
internal readonly record struct SegmentTime(long Step, int Samples, double Seconds, bool IsCompiling, bool? HasRoom = null);
