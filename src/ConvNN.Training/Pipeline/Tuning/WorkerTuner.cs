using ConvNN.Training.Progress;

namespace ConvNN.Training.Pipeline.Tuning;

/// <summary>
/// Finds the number of threads on which steps are fastest while they run: it goes from one candidate to another that is
/// measured to be faster, first of all to a neighbour. It has no clock: time is the sum of what it is told.
/// </summary>
/// <remarks>
/// The compiler takes a processor in the beginning, and a step ends with the last of its threads, so one is left free until that is over.
/// Then the first trial compares the guess with the number of the beginning.
///
/// More threads than run can only be faster if processors are free for them, which costs less to find out than a trial. So a trial of
/// more begins when they are, and otherwise the next candidate has its turn. In a trial, segments of the current number and of another
/// alternate, so that both meet the same disturbances. A trial begins when the throughput has changed, and otherwise now and then, because
/// a disturbance that has ended does not show on the number that was chosen to evade it. What trials after the first one lose is a share
/// of the run.
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

    // Seconds of a segment in a trial, long enough for a few time slices of a disturbing process; of one while code is compiled; and of one
    // between trials. There are few of the last, since after some thirty segments all that surrounds one is compiled once more, which takes
    // two processors 0.1 s.
    private const double Slice = 0.01;
    private const double Beginning = 0.05;
    private const double Stretch = 0.25;

    // The most pairs of segments in a trial, and the fewest before a change unless the gain is clear.
    private const int MostPairs = 5;
    private const int FewestPairs = 3;

    // Where a core is lost, each pair shows a gain beyond most noise: then two are enough, if nothing was compiled meanwhile.
    private const double ClearGain = 1.3;
    private const int ClearPairs = 2;

    // While the verdict is open, another may stay behind by this much for each pair that is left.
    private const double Benefit = 0.1;

    // The throughput has changed if it is so many times what it was, or as many times less.
    private const double Change = 1.25;

    // Seconds between trials without an occasion.
    private const double Patience = 2;

    // Seconds that a number runs at most after its first segment, in which everything is compiled once and memory is allocated, before its
    // measurements count: the one of the beginning, and another; and the seconds after the first segment of a run in which trials wait for the
    // compiler.
    private const double WarmUp = 0.15;
    private const double Settling = 0.05;
    private const double Compilation = 0.5;

    // Looks for processors for the guess that find none, before it is given up, and seconds between them, and between later ones.
    private const int MostLooks = 3;
    private const double BetweenLooks = 0.1;
    private const double LaterLooks = 0.5;

    private readonly IReadOnlyList<int> _candidates;
    private readonly int _batchSize;
    private readonly double[] _rates;

    // Whether measurements of a number count, and the seconds that it ran after its first segment; null before that.
    private readonly bool[] _isReady;
    private readonly double?[] _ran;

    // The first guess, the candidate until the compiler has ended, the one that is taken to be the fastest, and the one that runs.
    private readonly int _guess;
    private readonly int _beginning;
    private int _current;
    private int _running;
    private long _asked;

    // The candidates that are tried next: one that the compiler disturbed, and then neighbours in turn.
    private int? _again;
    private int _direction = -1;
    private int _turn;

    // Of the run: what is left, what has passed, the time until which trials wait for the compiler, and what trials have lost.
    private long _samplesLeft;
    private double _elapsed;
    private double _compilesUntil;
    private double _lost;

    // Neighbours to try because there is an occasion, whether the compiler still disturbs them, and the time of the next trial in any case.
    private int _occasions;
    private bool _isCompiling;
    private double _nextTrial;
    private Trial? _trial;

    // Whether processors are free for the trial that is due, and the looks that found none before the first one.
    private bool _hasRoom;
    private int _looks;
    private double _nextLook;

    /// <summary>Begins with a guess.</summary>
    /// <param name="candidates">The numbers of threads to choose from, in ascending order.</param>
    /// <param name="guess">The candidate that is taken to be the fastest until another is measured to be.</param>
    /// <param name="beginning">The candidate to run on while the compiler works; the guess or fewer threads.</param>
    /// <param name="batchSize">Samples of a step.</param>
    /// <param name="samples">Samples of the run.</param>
    public WorkerTuner(IReadOnlyList<int> candidates, int guess, int beginning, int batchSize, long samples)
    {
        _candidates = candidates;
        _batchSize = batchSize;
        _samplesLeft = samples;
        _rates = new double[candidates.Count];
        _isReady = new bool[candidates.Count];
        _ran = new double?[candidates.Count];
        (_guess, _beginning) = (IndexOf(guess), IndexOf(beginning));
        _current = _guess;
        _occasions = Neighbours(_current);

        int IndexOf(int threads) => candidates.Index().First(candidate => candidate.Item == threads).Index;
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

        _running = _isReady[_current] ? _current : _beginning;
        bool isDue = _trial is null && IsTrialDue();
        _hasRoom &= isDue;
        if (isDue)
        {
            int other = _again ?? Others().ElementAt(_turn % (_candidates.Count - 1));
            int further = _candidates[Math.Max(_current, other)] - _candidates[_running];
            if (further > 0 && !_hasRoom)
            {
                // Looking takes time from the compiler.
                bool waits = _elapsed < _nextLook;
                _asked = StepsIn(_running, waits ? BetweenLooks : 2 * Slice);
                return new Segment(_candidates[_running], _asked, waits ? 0 : further);
            }

            _trial = new Trial(other, IsAgain: _again is not null);
            _turn += _again is null ? 1 : 0;
            (_again, _hasRoom, _looks) = (null, false, 0);
        }

        _running = !_isReady[_beginning] ? _beginning : _trial is { IsTurnOfOther: true } ? _trial.Other : _current;
        _asked = StepsIn(_running, _trial is not null ? Slice : _isReady[_running] ? Math.Max(Stretch, UntilAffordable()) : Beginning);
        return new Segment(_candidates[_running], _asked);
    }

    /// <inheritdoc/>
    public WorkersChanged? Observe(SegmentTime time)
    {
        if (_candidates.Count == 1)
        {
            return null;
        }

        if (_elapsed == 0)
        {
            _compilesUntil = _nextTrial = time.Seconds + Compilation;
        }

        _elapsed += time.Seconds;
        _samplesLeft -= time.Samples;
        (bool wasReady, bool isFirst) = (_isReady[_running], _ran[_running] is null);
        _ran[_running] = isFirst ? 0 : _ran[_running] + time.Seconds;
        _isReady[_running] |= _ran[_running] >= (_running == _beginning ? WarmUp : Settling);
        if (time.HasRoom is { } hasRoom)
        {
            return ObserveRoom(hasRoom, time);
        }

        // The end of an epoch is too short to tell anything, and a trial that meets too many of them.
        if (2L * time.Samples <= _asked * _batchSize)
        {
            if (_trial is { } cut && ++cut.Cuts == MostPairs)
            {
                End(cut);
            }

            return null;
        }

        _isCompiling = time.IsCompiling;
        double rate = time.Samples / time.Seconds, before = _rates[_running];
        bool hasChanged = rate * Change < before || rate > before * Change;
        bool isNoise = _trial is not null && _running == _current && wasReady;
        _rates[_running] = hasChanged && !isNoise ? rate : before + ((rate - before) / 4);
        if (!wasReady)
        {
            // Steps that are too short may lie between two methods that are compiled.
            double whole = _trial is null ? Beginning : Slice;
            _isReady[_running] |= !isFirst && !_isCompiling && time.Seconds >= whole / 2;
        }
        else if (_trial is null && hasChanged)
        {
            // Other programs have come, and fewer threads may evade them, or they have gone.
            Begin(rate < before ? -1 : 1, Neighbours(_current));
        }

        return _trial is null ? null : ObserveTrial(_trial, rate, time);
    }

    /// <summary>Takes whether processors are free for the trial that is due.</summary>
    private WorkersChanged? ObserveRoom(bool hasRoom, SegmentTime time)
    {
        // Until the scheduler has moved it, a thread that looks may share the processor of one that computes.
        _lost += _isReady[_current] ? Math.Max(0, time.Seconds - (time.Samples / _rates[_running])) : 0;
        _hasRoom = hasRoom;
        if (hasRoom)
        {
            return null;
        }

        // The compiler ends soon, and so may whatever else began with the run.
        if (!_isReady[_current] && ((time.IsCompiling && _elapsed < _compilesUntil) || ++_looks < MostLooks))
        {
            _nextLook = _elapsed + BetweenLooks;
            return null;
        }

        WorkersChanged? change = _isReady[_current]
            ? null
            : new WorkersChanged(Threads, _candidates[_beginning], time.Step, _rates[_beginning], Against: null);
        _current = _isReady[_current] ? _current : _beginning;
        (_again, _turn) = (null, _turn + 1);
        Postpone(LaterLooks);
        return change;
    }

    private WorkersChanged? ObserveTrial(Trial trial, double rate, SegmentTime time)
    {
        if (!trial.IsTurnOfOther)
        {
            trial.Begin(rate, time);
            return null;
        }

        // A guess that is clearly faster before it is compiled will be so afterwards.
        trial.Add(rate, time);
        double least = trial.Gains.Min();
        _isReady[_current] |= least * ClearGain <= 1;
        if (!_isReady[_current] || !_isReady[trial.Other])
        {
            // The first trial is the one of the guess, also of one that was given up before it ran. All else is prepared within the share of trials.
            bool isFirst = !_isReady[_guess] && (_guess == _current || _guess == trial.Other);
            _lost += isFirst ? 0 : Math.Max(0, trial.Lost);
            bool goesOn = isFirst || IsAffordable(isOccasion: true);
            _trial = goesOn ? new Trial(trial.Other, trial.IsAgain) { Cuts = trial.Cuts } : null;
            _again = goesOn ? null : trial.Other;
            return null;
        }

        double gain = Median(trial.Gains);
        int pairs = trial.Gains.Count;
        bool isFaster = (pairs == MostPairs && gain >= Gain) || (pairs >= FewestPairs && least >= Gain) || (pairs >= ClearPairs && least >= ClearGain && !time.IsCompiling);
        bool isOpen = pairs < MostPairs && gain >= Gain - (Benefit * (MostPairs - pairs)) && _lost + trial.Lost <= Allowed(isOccasion: true);
        if (!isFaster && isOpen)
        {
            return null;
        }

        // What the compiler disturbed is compared again, once, when it has ended.
        _again = trial is { IsDisturbed: true, IsAgain: false } && least < ClearGain ? (isFaster ? _current : trial.Other) : null;
        if (isFaster)
        {
            return ChangeTo(trial, time.Step);
        }

        End(trial);
        return null;
    }

    private WorkersChanged ChangeTo(Trial trial, long step)
    {
        int before = _current;
        _current = trial.Other;
        End(trial);
        _rates[_current] = Median(trial.OtherRates);

        // The next one in this direction may be faster still; the one behind has just been measured.
        Begin(Math.Sign(_current - before), Neighbours(_current) - 1);
        return new WorkersChanged(_candidates[before], Threads, step, Median(trial.OtherRates), Median(trial.Rates));
    }

    private void End(Trial trial)
    {
        _lost += Math.Max(0, trial.Lost);
        _trial = null;
        Postpone(Patience);
    }

    /// <summary>Leaves one occasion for a trial out, and other trials for so many seconds.</summary>
    private void Postpone(double seconds)
    {
        _nextTrial = _elapsed + seconds;
        _occasions = Math.Max(0, _occasions - 1);
    }

    private bool IsTrialDue()
    {
        if (!_isReady[_beginning] || !_isReady[_current])
        {
            return _isReady[_beginning];
        }

        bool isOccasion = _occasions > 0 || _again is not null;
        return ((isOccasion && !_isCompiling) || _elapsed >= _nextTrial) && IsAffordable(isOccasion);
    }

    /// <summary>Whether a segment of another number may lose all of its time.</summary>
    private bool IsAffordable(bool isOccasion) => _lost + Price <= Allowed(isOccasion);

    /// <summary>The seconds until a trial is affordable: the share of a longer time. Where not so many are left, none is any more.</summary>
    private double UntilAffordable() => (_lost + Price - Allowed(isOccasion: true)) / Share;

    private double Price => Math.Max(Slice, _batchSize / _rates[_current]);

    private double Allowed(bool isOccasion) =>
        Share * (isOccasion ? 1 : PartForRoutine) * (_elapsed + Math.Min(Advance, _samplesLeft / _rates[_current]));

    private void Begin(int direction, int occasions) => (_direction, _occasions, _turn) = (direction, occasions, 0);

    /// <summary>The other candidates in the order in which they are tried: the nearest first, and of two those in the direction.</summary>
    private IEnumerable<int> Others() => Enumerable.Range(0, _candidates.Count)
        .Where(other => other != _current)
        .OrderBy(other => Math.Abs(other - _current))
        .ThenBy(other => _direction * (_current - other));

    private int Neighbours(int candidate) => (candidate > 0 ? 1 : 0) + (candidate < _candidates.Count - 1 ? 1 : 0);

    /// <summary>Steps that a candidate is expected to finish in a time; one if it has not run yet.</summary>
    private long StepsIn(int candidate, double seconds) => Math.Max(1, (long)Math.Round(seconds * _rates[candidate] / _batchSize));

    private static double Median(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        return ordered[ordered.Length / 2];
    }
}
