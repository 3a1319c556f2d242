using ConvNN.Training.Progress;

namespace ConvNN.Training.Pipeline.Tuning;

/// <summary>
/// Finds the number of threads on which steps are fastest while they run: it goes from one candidate to another that is
/// measured to be faster, first of all to a neighbour. It has no clock: time is the sum of what it is told.
/// </summary>
/// <remarks>
/// In a trial, segments of the current number and of another alternate, so that both meet the same disturbances. A trial begins
/// when the throughput has changed, and otherwise now and then, because a disturbance that has ended does not show on the number
/// that was chosen to evade it. What trials lose is a share of the run.
/// </remarks>
internal sealed class WorkerTuner : IThreadChoice
{
    // Less is not worth a change, and within the noise of a machine.
    private const double Gain = 1.05;

    // Trials may lose this share of the run: all of it for one that is due because the throughput has changed, else a part.
    private const double Share = 0.01;
    private const double PartForRoutine = 0.5;

    // A run may be ahead of its share by that of so many seconds, if it has as many left.
    private const double Advance = 10;

    // Seconds of a segment in a trial, long enough for a few time slices of a disturbing process; and of one between trials.
    private const double Slice = 0.01;
    private const double Stretch = 0.1;

    // The most pairs of segments in a trial, and the fewest before a change unless the gain is clear.
    private const int MostPairs = 5;
    private const int FewestPairs = 3;

    // Where a core is lost, each pair shows a gain beyond most noise: then two are enough, if nothing was compiled meanwhile.
    private const double ClearGain = 1.3;
    private const int ClearPairs = 2;

    // While the verdict is open, another may stay behind by this much for each pair that is left.
    private const double Benefit = 0.1;

    // A number that was never tried is first given as few steps as if it were so many times slower.
    private const double Unknown = 8;

    // The throughput has changed if it is so many times what it was, or as many times less.
    private const double Change = 1.25;

    // Seconds between trials without an occasion, and for which compilation is waited for at most, in the beginning and after the first use of a number.
    private const double Patience = 2;
    private const double WarmUp = 0.5;
    private const double Settling = 0.25;

    // Steps of the first segment, when nothing is known.
    private const long FirstSteps = 4;

    private readonly IReadOnlyList<int> _candidates;
    private readonly int _batchSize;
    private readonly double[] _rates;
    private int _current;
    private int _direction = -1;
    private int _turn;
    private long _asked;

    // Of the run: what is left, what has passed, and what trials have lost.
    private long _samplesLeft;
    private double _elapsed;
    private double _lost;

    // Neighbours to try at once because there is an occasion, whether compilation has ended, and the times of the next trial and of the end of patience with the compiler.
    private int _occasions;
    private bool _isWarm;
    private double _nextTrial;
    private double _warmAt = WarmUp;
    private Trial? _trial;

    /// <summary>Begins with a guess.</summary>
    /// <param name="candidates">The numbers of threads to choose from, in ascending order.</param>
    /// <param name="guess">The candidate to begin with.</param>
    /// <param name="batchSize">Samples of a step.</param>
    /// <param name="samples">Samples of the run.</param>
    public WorkerTuner(IReadOnlyList<int> candidates, int guess, int batchSize, long samples)
    {
        _candidates = candidates;
        _batchSize = batchSize;
        _samplesLeft = samples;
        _rates = new double[candidates.Count];
        _current = candidates.Index().First(candidate => candidate.Item == guess).Index;
        _occasions = Neighbours(_current);
    }

    /// <inheritdoc/>
    public int Most => _candidates[^1];

    /// <inheritdoc/>
    public int Threads => _candidates[_current];

    /// <inheritdoc/>
    public Segment Next()
    {
        if (_candidates.Count == 1)
        {
            return new Segment(Threads, long.MaxValue);
        }

        if (_trial is null && IsTrialDue())
        {
            int other = Others().ElementAt(_turn++ % (_candidates.Count - 1));
            _trial = new Trial(other, IsFirst: _rates[other] == 0);
        }

        int candidate = _trial is { IsTurnOfOther: true } ? _trial.Other : _current;
        _asked = StepsIn(candidate, _trial is null ? Stretch : Slice);
        return new Segment(_candidates[candidate], _asked);
    }

    /// <inheritdoc/>
    public WorkersChanged? Observe(SegmentTime time)
    {
        _elapsed += time.Seconds;
        _samplesLeft -= time.Samples;

        // The end of an epoch is too short to tell anything.
        bool isWhole = 2L * time.Samples > _asked * _batchSize;
        if (!isWhole || _candidates.Count == 1)
        {
            return null;
        }

        double rate = time.Samples / time.Seconds;
        if (_trial is null)
        {
            ObserveCurrent(rate, time);
            return null;
        }

        return ObserveTrial(_trial, rate, time);
    }

    private void ObserveCurrent(double rate, SegmentTime time)
    {
        double before = _rates[_current];
        bool isLong = time.Seconds >= Stretch / 2;
        if (!_isWarm)
        {
            _isWarm = (isLong && !time.IsCompiling) || _elapsed >= _warmAt;
            _rates[_current] = rate;
        }
        else if (rate * Change < before || rate > before * Change)
        {
            // Other programs have come, and fewer threads may evade them, or they have gone.
            Begin(rate < before ? -1 : 1, Neighbours(_current));
            _rates[_current] = rate;
        }
        else
        {
            _rates[_current] += (rate - before) / 4;
        }
    }

    private WorkersChanged? ObserveTrial(Trial trial, double rate, SegmentTime time)
    {
        if (!trial.IsTurnOfOther)
        {
            trial.Begin(rate);
            return null;
        }

        _rates[trial.Other] = rate;
        if (trial.IsFirst)
        {
            // Its memory was allocated meanwhile, once in the run: it counts from the second time, which is its turn again, once its code is compiled.
            _lost += Math.Min(Slice, time.Seconds);
            _trial = null;
            _turn--;
            _isWarm = !time.IsCompiling;
            _warmAt = _elapsed + Settling;
            return null;
        }

        trial.Add(rate, time);
        double gain = Median(trial.Gains);
        int pairs = trial.Gains.Count;
        double least = trial.Gains.Min();
        bool isFaster = (pairs == MostPairs && gain >= Gain) || (pairs >= FewestPairs && least >= Gain) || (pairs >= ClearPairs && least >= ClearGain && !time.IsCompiling);
        bool isOpen = pairs < MostPairs && gain >= Gain - (Benefit * (MostPairs - pairs)) && _lost + trial.Lost <= Allowed(isOccasion: true);
        if (isFaster)
        {
            return ChangeTo(trial, time.Step);
        }

        if (!isOpen)
        {
            End(trial);
            _occasions = Math.Max(0, _occasions - 1);
        }

        return null;
    }

    private WorkersChanged ChangeTo(Trial trial, long step)
    {
        int before = _current;
        _current = trial.Other;
        End(trial);

        // The next one in this direction may be faster still; the one behind has just been measured.
        Begin(Math.Sign(_current - before), Neighbours(_current) - 1);
        return new WorkersChanged(_candidates[before], Threads, step, Median(trial.OtherRates), Median(trial.Rates));
    }

    private void End(Trial trial)
    {
        _rates[trial.Other] = Median(trial.OtherRates);
        _lost += Math.Max(0, trial.Lost);
        _trial = null;
        _nextTrial = _elapsed + Patience;
    }

    private bool IsTrialDue()
    {
        // The first segment of the other can lose all of its time.
        double loss = Math.Max(Slice, _batchSize / _rates[_current]);
        return _isWarm && (_occasions > 0 || _elapsed >= _nextTrial) && _lost + loss <= Allowed(_occasions > 0);
    }

    private double Allowed(bool isOccasion) =>
        Share * (isOccasion ? 1 : PartForRoutine) * (_elapsed + Math.Min(Advance, _samplesLeft / _rates[_current]));

    private void Begin(int direction, int occasions) => (_direction, _occasions, _turn) = (direction, occasions, 0);

    /// <summary>The other candidates in the order in which they are tried: the nearest first, and of two those in the direction.</summary>
    private IEnumerable<int> Others() => Enumerable.Range(0, _candidates.Count)
        .Where(other => other != _current)
        .OrderBy(other => Math.Abs(other - _current))
        .ThenBy(other => _direction * (_current - other));

    private int Neighbours(int candidate) => (candidate > 0 ? 1 : 0) + (candidate < _candidates.Count - 1 ? 1 : 0);

    /// <summary>Steps that a candidate is expected to finish in a time.</summary>
    private long StepsIn(int candidate, double seconds)
    {
        double rate = _rates[candidate] > 0 ? _rates[candidate] : _rates[_current] / Unknown;
        return rate == 0 ? FirstSteps : Math.Max(1, (long)Math.Round(seconds * rate / _batchSize));
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        return ordered[ordered.Length / 2];
    }

    /// <summary>A comparison of the current number with another.</summary>
    /// <param name="Other">The index of the other.</param>
    /// <param name="IsFirst">Whether the other runs for the first time, so that it is only prepared.</param>
    private sealed record Trial(int Other, bool IsFirst)
    {
        private double _rate;

        /// <summary>Whether the next turn is the other's.</summary>
        public bool IsTurnOfOther => IsFirst || _rate > 0;

        /// <summary>The seconds by which the other took longer than the current number would have; below 0 if it is faster. A single turn may be disturbed either way.</summary>
        public double Lost { get; private set; }

        /// <summary>How many times the throughput of the current number the other had, in each pair.</summary>
        public List<double> Gains { get; } = [];

        /// <summary>The throughput of the current number.</summary>
        public List<double> Rates { get; } = [];

        /// <summary>The throughput of the other.</summary>
        public List<double> OtherRates { get; } = [];

        /// <summary>Begins a pair with the throughput of the current number.</summary>
        public void Begin(double rate) => _rate = rate;

        /// <summary>Ends a pair with the throughput of the other.</summary>
        public void Add(double rate, SegmentTime time)
        {
            Gains.Add(rate / _rate);
            Rates.Add(_rate);
            OtherRates.Add(rate);
            Lost += time.Seconds - (time.Samples / _rate);
            _rate = 0;
        }
    }
}
