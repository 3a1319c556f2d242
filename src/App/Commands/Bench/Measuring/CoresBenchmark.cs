using System.Diagnostics;
using ConvNN.Training.Options;
using ConvNN.Training.Pipeline;
using ConvNN.Training.Pipeline.OwnFeatures;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Measures the members of a training step one after another on one core, as machines with other numbers of cores would divide it.</summary>
internal sealed class CoresBenchmark
{
    private const double BytesPerLine = 64;
    private const int ShortTurns = 20;
    private const int ImagesBefore = 512;

    private readonly BenchmarkCase _case;
    private readonly IReadOnlyList<(int Cores, int Threads)> _cores;
    private readonly CoreCosts _costs;
    private readonly Subject[] _subjects;

    /// <summary>Prepares the step for each number of threads, one included.</summary>
    /// <param name="subject">The case to measure, which own features can run.</param>
    /// <param name="cores">The numbers of cores.</param>
    /// <param name="handOff">This machine's empty steps, at least with one worker.</param>
    /// <param name="meeting">A meeting of two of its cores; null if no two could meet.</param>
    public CoresBenchmark(BenchmarkCase subject, IReadOnlyList<int> cores, IReadOnlyList<HandOffReport> handOff, MeetingReport? meeting)
    {
        _case = subject;

        // What others do on these cores can only lengthen an empty step; the predicted machine has its cores for itself.
        IEnumerable<HandOffReport> empty = handOff.Where(report => report.Exchange == "own-features").DistinctBy(report => report.Cores);
        _costs = new CoreCosts(empty.ToDictionary(report => report.Cores, report => report.Microseconds.Min), meeting);
        PipelinePlan plan = new(subject.Network, subject.Training, subject.Pipeline with { Exchange = ExchangeKind.OwnFeatures });
        _cores = [.. cores.Select(count => (count, plan.FastestThreadsOn(count)))];
        _subjects = [.. _cores.Select(machine => machine.Threads).Prepend(1).Distinct().Select(threads => new Subject(subject, threads))];
    }

    /// <summary>Warms up.</summary>
    /// <param name="pace">How long.</param>
    public void WarmUp(BenchmarkPace pace) => Array.ForEach(_subjects, subject => subject.Run(pace.WarmUp));

    /// <summary>Measures each number of threads. All take turns of milliseconds, since their ratios count.</summary>
    /// <param name="pace">How long each is measured.</param>
    public void Turn(BenchmarkPace pace)
    {
        long began = Stopwatch.GetTimestamp();
        do
        {
            Array.ForEach(_subjects, subject => subject.Evaluate());
        }
        while (Stopwatch.GetElapsedTime(began) < pace.Turn);

        // Last, since what members read of each other is asked of the last step.
        began = Stopwatch.GetTimestamp();
        do
        {
            Array.ForEach(_subjects, subject => subject.Turn(pace.Turn / ShortTurns));
        }
        while (Stopwatch.GetElapsedTime(began) < pace.Turn * _subjects.Length);
    }

    /// <summary>The predictions.</summary>
    /// <param name="oneCore">What this machine trains on one core, images/s.</param>
    /// <param name="evaluatedByOneCore">What it evaluates on one core, images/s.</param>
    public CoresReport Report(double oneCore, double evaluatedByOneCore)
    {
        Dictionary<int, DividedStep> steps = _subjects.ToDictionary(subject => subject.Threads, subject => subject.Report(_subjects[0]));
        return new CoresReport(
            _costs.Meeting,
            [.. steps.Values],
            [.. _cores.Select(machine => CorePrediction.Of(machine.Cores, steps[machine.Threads], steps[1], _case.Training.BatchSize, oneCore, _costs) with
            {
                Evaluation = EvaluationPrediction.Of(machine.Cores, steps[machine.Threads].Evaluation!, steps[1].Evaluation!, evaluatedByOneCore, _costs),
            })]);
    }

    /// <summary>The step with a number of members, and the medians of its turns by phase and member, in µs.</summary>
    private sealed class Subject(BenchmarkCase subject, int threads)
    {
        private readonly PhaseTimer _timer = new(subject.Network, subject.Training, subject.Pipeline with { Threads = threads }, subject.NewWeights(), PipelineSubject.LearningRate);
        private readonly RepeatedBatches _batches = new(subject.Data.Train, PipelineSubject.OrderOf(subject), subject.Training.BatchSize, steps: int.MaxValue / subject.Training.BatchSize, isTraining: true);
        private readonly List<double[][]> _turns = [];
        private readonly List<double[]> _evaluations = [];
        private RepeatedBatches? _evaluated;

        public int Threads => threads;

        /// <summary>All phases of all members, in each turn.</summary>
        public IReadOnlyList<double> StepTimes => [.. _turns.Select(turn => turn.Sum(phase => phase.Sum()))];

        public void Turn(TimeSpan duration)
        {
            // The first step finds the caches as others left them.
            _timer.Run(_batches);
            List<double>[][] times = [.. _timer.Phases.Select(_ => (List<double>[])[.. Enumerable.Range(0, threads).Select(_ => new List<double>())])];
            Run(duration, () =>
            {
                for (int p = 0; p < times.Length; p++)
                {
                    for (int member = 0; member < threads; member++)
                    {
                        times[p][member].Add(1e6 * _timer.Ticks[p][member] / Stopwatch.Frequency);
                    }
                }
            });
            _turns.Add([.. times.Select(phase => (double[])[.. phase.Select(member => Spread.Of(member).Median)])]);
        }

        /// <summary>The last of some steps, before which all numbers of threads have evaluated as many images.</summary>
        public void Evaluate()
        {
            _evaluated ??= new RepeatedBatches(subject.Data.Train, PipelineSubject.OrderOf(subject), _timer.EvaluationBatch, steps: int.MaxValue / _timer.EvaluationBatch, isTraining: false);
            for (int images = 0; images < ImagesBefore; images += _timer.EvaluationBatch)
            {
                _timer.Evaluate(_evaluated);
            }

            _evaluations.Add([.. _timer.Evaluate(_evaluated).Select(ticks => 1e6 * ticks / Stopwatch.Frequency)]);
        }

        public void Run(TimeSpan duration, Action? note = null)
        {
            long began = Stopwatch.GetTimestamp();
            do
            {
                _timer.Run(_batches);
                note?.Invoke();
            }
            while (Stopwatch.GetElapsedTime(began) < duration);
        }

        /// <summary>The medians of all turns; each is compared with the step of one member in the same turn.</summary>
        public DividedStep Report(Subject one)
        {
            IReadOnlyList<double> wholes = one.StepTimes, evaluations = [.. one._evaluations.Select(members => members[0])];
            double whole = Spread.Of(wholes).Median, evaluation = Spread.Of(evaluations).Median;
            double[] evaluated = [.. Enumerable.Range(0, _timer.Members).Select(member => evaluation * Spread.Of(_evaluations.Zip(evaluations, (turn, of) => turn[member] / of)).Median)];
            return new DividedStep(threads, _timer.Meetings, [.. _timer.Phases.Select((name, phase) =>
            {
                double[] members = [.. Enumerable.Range(0, threads).Select(member => whole * Spread.Of(_turns.Zip(wholes, (turn, of) => turn[phase][member] / of)).Median)];
                int slowest = Array.IndexOf(members, members.Max());
                return new PhaseReport(name, members.Average(), members[slowest], _timer.BytesRead(phase, slowest) / BytesPerLine);
            })])
            {
                Evaluation = new EvaluationReport(_timer.EvaluationBatch / _timer.Members, evaluated.Average(), evaluated.Max()),
            };
        }
    }
}
