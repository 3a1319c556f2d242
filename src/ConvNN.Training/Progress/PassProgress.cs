namespace ConvNN.Training.Progress;

/// <summary>The progress of a pass. The reducer writes it; any thread may read it at any time and sees the values of finished steps, within one step.</summary>
public sealed class PassProgress
{
    private long _steps;
    private int _samples;
    private int _correct;
    private int _topCorrect;
    private double _lossSum;

    /// <summary>Steps finished.</summary>
    public long Steps => Volatile.Read(ref _steps);

    /// <summary>Samples seen.</summary>
    public int Samples => Volatile.Read(ref _samples);

    /// <summary>Samples whose class the network chose.</summary>
    public int Correct => Volatile.Read(ref _correct);

    /// <summary>Samples whose class was among the <see cref="PassResult.Top"/> likeliest, in an evaluation.</summary>
    public int TopCorrect => Volatile.Read(ref _topCorrect);

    /// <summary>Sum of the losses, in sample order.</summary>
    public double LossSum => Volatile.Read(ref _lossSum);

    internal void Begin(EpochProgress begun)
    {
        Volatile.Write(ref _steps, begun.Steps);
        Volatile.Write(ref _samples, begun.Samples);
        Volatile.Write(ref _correct, begun.Correct);
        Volatile.Write(ref _topCorrect, 0);
        Volatile.Write(ref _lossSum, begun.LossSum);
    }

    internal void Add(int samples, int correct, int topCorrect, double lossSum)
    {
        Volatile.Write(ref _topCorrect, _topCorrect + topCorrect);
        Volatile.Write(ref _correct, _correct + correct);
        Volatile.Write(ref _lossSum, lossSum);
        Volatile.Write(ref _samples, _samples + samples);
        Volatile.Write(ref _steps, _steps + 1);
    }
}
