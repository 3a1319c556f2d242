using System.Globalization;
using ConvNN.Training.Pipeline.OwnedRows;

namespace ConvNN.Training.Pipeline.Dataflow;

/// <content>What each block does with a message, in the order in which a step passes through them.</content>
public sealed partial class TrainingPipeline
{
    /// <summary>Stage <c>read</c>: chooses the next samples, whose images the workers load. The only stage that runs ahead.</summary>
    private void Assemble(MiniBatch batch)
    {
        _reading.Begin();
        bool isFilled = false;
        try
        {
            isFilled = !_pass.IsStopping && _pass.Source.TryFill(batch);
            Send(_fanOut, new StepSignal(isFilled ? StepSignalKind.Ready : StepSignalKind.Idle, batch));
        }
        catch (Exception failure)
        {
            _supervisor.Fail(_pass, "assemble", null, failure);
        }

        // While samples are left, it waits for a batch to return; after that it has nothing to read.
        _reading.Finish(isBlocked: isFilled);
    }

    /// <summary>Stage <c>shard</c>: begins the next step when a batch is ready and the previous step is finished.</summary>
    private void Route(StepSignal signal)
    {
        _sharding.Begin();
        bool isOver = false;
        try
        {
            switch (signal.Kind)
            {
                case StepSignalKind.Ready:
                    _ready.Enqueue(signal.Batch);
                    break;
                case StepSignalKind.Idle:
                    _idle++;
                    break;
                default:
                    _isStepping = false;
                    Send(_assemble, signal.Batch);
                    if (_pass.Source.IsTraining)
                    {
                        BetweenSteps?.Invoke();
                    }

                    break;
            }

            if (!_isStepping && _ready.TryDequeue(out MiniBatch? next))
            {
                BeginStep(next);
            }
            else
            {
                isOver = _idle == _batches.Length;
            }
        }
        catch (Exception failure)
        {
            _supervisor.Fail(_pass, "fan-out", null, failure);
        }

        // While a step runs, it waits for the permit for the next one.
        _sharding.Finish(isBlocked: _isStepping);
        if (isOver)
        {
            _pass.Complete();
        }
    }

    private void BeginStep(MiniBatch batch)
    {
        if (_pass.IsStopping)
        {
            // It goes back to assemble, which also sees that the pass is stopping and keeps it.
            Send(_assemble, batch);
            return;
        }

        _isStepping = true;
        _stepBegan = Meter.BeginStep();
        _step++;
        _trainingStep += _pass.Source.IsTraining ? 1 : 0;
        StepJob step = new(batch, _pass.Source, _step, _trainingStep, _pass.RateAt(_trainingStep));
        _reducer.BeginStep(step, _exchange.Begin(step));
        for (int worker = _workers.Length - 1; worker >= 0; worker--)
        {
            // This thread's own worker comes last, so that the others begin meanwhile.
            if (_exchange.Shards[worker].IsNeeded)
            {
                Send(_workers[worker], _exchange.Shards[worker]);
            }
        }
    }

    /// <summary>Stage <c>workers</c>: computes a shard. Every exception is sent to the reducer, so that it never waits for a shard that will not come.</summary>
    private void Work(Shard shard)
    {
        _working[shard.Worker].Begin();
        Exception? failure = null;
        bool isHandedOver = true;
        try
        {
            isHandedOver = _exchange.Compute(shard, _working[shard.Worker]);
        }
        catch (Exception thrown)
        {
            failure = thrown;
        }

        _working[shard.Worker].Finish();
        if (isHandedOver)
        {
            Send(_reduce, new ShardOutcome(shard, failure));
        }
    }

    /// <summary>Stage <c>reduce</c>: finishes the step with its last shard, and returns the batch and the permit.</summary>
    private void Reduce(ShardOutcome outcome)
    {
        _reducing.Begin();
        try
        {
            if (outcome.Failure is StepAbortedException)
            {
                // The failure of another worker has been reported or will be.
            }
            else if (outcome.Failure is not null)
            {
                string worker = string.Create(CultureInfo.InvariantCulture, $"worker {outcome.Shard.Worker}");
                _supervisor.Fail(_pass, worker, outcome.Shard, outcome.Failure);
            }
            else if (!_supervisor.HasFailed && _reducer.Take(outcome.Shard) is { } finished)
            {
                Meter.EndStep(_pass.Phase, finished.Count, _stepBegan);
                Send(_fanOut, new StepSignal(StepSignalKind.Finished, finished));
            }
        }
        catch (Exception failure)
        {
            _supervisor.Fail(_pass, "reduce", outcome.Shard, failure);
        }

        _reducing.Finish();
    }
}
