namespace ConvNN.Training.Pipeline.Tuning;

/// <summary>
/// Chooses the number of threads of an evaluation: the one that training was measured to be fastest on, or the most, which pay where a
/// step of training is too small to share. Each evaluation is a measurement, so the one that was faster the last time is taken.
/// </summary>
internal sealed class EvaluationChoice
{
    // The other number is tried once in so many evaluations, since a disturbance may have ended.
    private const int Routine = 16;

    private readonly Dictionary<int, double> _rates = [];
    private int _sinceTrial;

    /// <summary>The number of threads for the next evaluation.</summary>
    /// <param name="training">The number that training takes to be the fastest.</param>
    /// <param name="most">The most threads that there may be.</param>
    public int Next(int training, int most)
    {
        double ofTraining = _rates.GetValueOrDefault(training, double.PositiveInfinity);
        double ofMost = _rates.GetValueOrDefault(most, double.MaxValue);
        (int better, int other) = ofMost > ofTraining ? (most, training) : (training, most);
        bool isTrial = _sinceTrial == Routine - 1;
        _sinceTrial = isTrial ? 0 : _sinceTrial + 1;
        return isTrial ? other : better;
    }

    /// <summary>Notes how fast an evaluation was.</summary>
    /// <param name="threads">Its threads.</param>
    /// <param name="rate">Its images per second.</param>
    public void Observe(int threads, double rate) => _rates[threads] = rate;
}
