using System.Globalization;
using ConvNN.Training.Pipeline.OwnFeatures;

namespace ConvNN.Training.Pipeline.Dataflow;

/// <content>What each block does with a message, in the order in which a step passes through them.</content>
public sealed partial class TrainingPipeline
{
    /// <summary>
    /// Stage <c>read</c>: chooses the samples of the next batches, whose images the workers load. The only stage that runs ahead. A run is
    /// handed on before it is full if steps wait for it. Images that are not in memory are then decoded.
    /// </summary>
    private void Assemble(BatchRun run)
    {
        run.Clear();
        bool goesOn = true;
        while (goesOn)
        {
            _reading[0].Begin();
            bool isFilled = false;
            try
            {
                isFilled = !_pass.IsStopping && run.TryFill(_pass.Source);
                goesOn = isFilled && !run.IsFull && (Volatile.Read(ref _isStepping) || _ready.Count > 0);
                if (!goesOn)
                {
                    HandOn(run);
                }
            }
            catch (Exception failure)
            {
                goesOn = false;
                _supervisor.Fail(_pass, "assemble", null, failure);
            }

            // While samples are left, it waits for a run to return; after that it has nothing to read.
            _reading[0].Finish(isBlocked: isFilled);
        }
    }

    private void HandOn(BatchRun run)
    {
        bool isAwaited, isDecoded = _decoders.Length > 0 && !run.IsEmpty;
        run.Await(isDecoded ? _decoders.Length : 0);
        lock (_gate)
        {
            isAwaited = IsAwaited;
            if (!run.IsEmpty)
            {
                _ready.Enqueue(run);
            }
            else if (!isAwaited)
            {
                // Otherwise the fan-out counts it, so that no signal outlives the pass.
                _idle++;
            }
        }

        if (isDecoded)
        {
            Array.ForEach(_decoders, decoder => Send(decoder, run));
        }
        else if (isAwaited)
        {
            Send(_fanOut, run.IsEmpty ? StepSignal.Idle : StepSignal.Ready);
        }
    }

    /// <summary>Whether the fan-out waits for runs; workers that go on by themselves take them from the queue. The caller holds the gate.</summary>
    private bool IsAwaited => !(_isStepping && _exchange.GoesOn);

    /// <summary>Stage <c>read</c> where images are not in memory: decodes and augments a share of the samples of a run.</summary>
    private void Decode(int decoder, BatchRun run)
    {
        _reading[1 + decoder].Begin();
        try
        {
            foreach (MiniBatch batch in run.Filled)
            {
                int first = batch.Count * decoder / _decoders.Length;
                _samples.Load(batch, _pass.Source, first, (batch.Count * (decoder + 1) / _decoders.Length) - first);
            }

            if (run.HasLoaded())
            {
                bool isAwaited;
                lock (_gate)
                {
                    isAwaited = IsAwaited;
                }

                if (isAwaited)
                {
                    Send(_fanOut, StepSignal.Ready);
                }
            }
        }
        catch (Exception failure)
        {
            _supervisor.Fail(_pass, string.Create(CultureInfo.InvariantCulture, $"decoder {decoder}"), null, failure);
        }

        // While runs are in their steps, it waits for one to return.
        _reading[1 + decoder].Finish(isBlocked: true);
    }

    /// <summary>Stage <c>shard</c>: begins a step when a batch is ready and no step is running.</summary>
    private void Route(StepSignal signal)
    {
        _sharding.Begin();
        bool isOver = false;
        try
        {
            MiniBatch? next = null;
            lock (_gate)
            {
                _isStepping &= signal != StepSignal.Finished;
                _idle += signal == StepSignal.Idle ? 1 : 0;
                if (!_isStepping)
                {
                    _isStepping = TryTake(out next);
                    isOver = !_isStepping && _idle == _runs.Length;
                }
            }

            if (next is not null)
            {
                BeginStep(next);
                for (int worker = _workers.Length - 1; worker >= 0; worker--)
                {
                    // This thread's own worker comes last, so that the others begin meanwhile.
                    if (_exchange.Shards[worker].IsNeeded)
                    {
                        Send(_workers[worker], _exchange.Shards[worker]);
                    }
                }
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

    /// <summary>Takes the next batch; the caller holds the gate. A run without any left goes back to assemble, as does one that a stopped pass leaves.
    /// One whose images are still being decoded is waited for, since batches keep their order.</summary>
    private bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out MiniBatch? batch)
    {
        batch = null;
        while (_run is not null || (_ready.TryPeek(out BatchRun? first) && first.IsLoaded && _ready.TryDequeue(out _run)))
        {
            if (!_pass.IsStopping && _run.TryTake(out batch))
            {
                return true;
            }

            Send(_assemble, _run);
            _run = null;
        }

        return false;
    }

    /// <summary>Divides a step; its shards may be computed then.</summary>
    private void BeginStep(MiniBatch batch)
    {
        _stepBegan = Meter.BeginStep();
        _step++;
        _trainingStep += _pass.Source.IsTraining ? 1 : 0;
        StepJob step = new(batch, _pass.Source, _step, _trainingStep, _pass.RateAt(_trainingStep));
        _reducer.BeginStep(step, _exchange.Begin(step));
    }

    /// <summary>
    /// Stage <c>workers</c>: computes a shard. Every exception is sent to the reducer, so that it never waits for a shard that will not
    /// come. Workers that go on together compute one step after another, while batches are ready.
    /// </summary>
    private void Work(Shard shard)
    {
        do
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
            if (failure is not null || !_exchange.GoesOn)
            {
                if (isHandedOver)
                {
                    Send(_reduce, new ShardOutcome(shard, failure));
                }

                return;
            }

            if (isHandedOver)
            {
                _exchange.Release(EndStep(shard));
            }
        }
        while (_exchange.AwaitEnd(shard));
    }

    /// <summary>Stage <c>reduce</c>: takes a shard.</summary>
    private void Reduce(ShardOutcome outcome)
    {
        if (outcome.Failure is null)
        {
            EndStep(outcome.Shard);
        }
        else if (outcome.Failure is not StepAbortedException)
        {
            // Otherwise the failure of another worker has been reported or will be.
            string worker = string.Create(CultureInfo.InvariantCulture, $"worker {outcome.Shard.Worker}");
            _supervisor.Fail(_pass, worker, outcome.Shard, outcome.Failure);
        }
    }

    /// <summary>Finishes a step with its last shard; then begins the next step, or gives the permit for it to the fan-out.</summary>
    /// <returns>Whether the next step has begun.</returns>
    private bool EndStep(Shard shard)
    {
        _reducing.Begin();
        bool hasNext = false;
        try
        {
            if (!_supervisor.HasFailed && _reducer.Take(shard) is { } finished)
            {
                Meter.EndStep(_pass.Phase, finished.Count, _stepBegan);
                if (_pass.Source.IsTraining)
                {
                    BetweenSteps?.Invoke(_gather);
                }

                MiniBatch? next = null;
                if (_exchange.GoesOn)
                {
                    lock (_gate)
                    {
                        hasNext = TryTake(out next);
                    }
                }

                if (hasNext)
                {
                    BeginStep(next!);
                }
                else
                {
                    Send(_fanOut, StepSignal.Finished);
                }
            }
        }
        catch (Exception failure)
        {
            hasNext = false;
            _supervisor.Fail(_pass, "reduce", shard, failure);
        }

        _reducing.Finish();
        return hasNext;
    }
}
