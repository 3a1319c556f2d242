using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Optimizers;

/// <summary><c>w ← g</c>.</summary>
internal readonly struct AssignUpdate<TVector> : IVectorUpdate<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <inheritdoc/>
    public static bool IsStateless => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TStore>(TVector gradient, ref float weights, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector> => store.Store(gradient, ref weights, index);
}

/// <summary>The factors of weight decay in every lane.</summary>
internal readonly struct VectorDecay<TVector>(DecayFactors factors)
    where TVector : struct, IVector<TVector>
{
    private readonly TVector _lambda = TVector.Broadcast(factors.Gradient);
    private readonly TVector _keep = TVector.Broadcast(factors.Weight);

    /// <summary>The gradient with coupled decay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Gradient(TVector gradient, TVector weight) => TVector.MultiplyAdd(_lambda, weight, gradient);

    /// <summary>The weight with decoupled decay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Weight(TVector weight) => TVector.Multiply(weight, _keep);
}

/// <summary>Plain SGD.</summary>
internal readonly struct DescentUpdate<TVector>(in WeightUpdate update) : IVectorUpdate<TVector>
    where TVector : struct, IVector<TVector>
{
    private readonly TVector _rate = TVector.Broadcast(-update.DescentStep.LearningRate);

    /// <inheritdoc/>
    public static bool IsStateless => true;

    /// <inheritdoc/>
    public static bool IgnoresZero => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TStore>(TVector gradient, ref float weights, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector> =>
        store.Store(TVector.MultiplyAdd(_rate, gradient, TVector.Load(ref weights, index)), ref weights, index);
}

/// <summary>Plain SGD with weight decay.</summary>
internal readonly struct DecayedDescentUpdate<TVector>(in WeightUpdate update) : IVectorUpdate<TVector>
    where TVector : struct, IVector<TVector>
{
    private readonly TVector _rate = TVector.Broadcast(-update.DescentStep.LearningRate);
    private readonly VectorDecay<TVector> _decay = new(update.DescentStep.Decay);

    /// <inheritdoc/>
    public static bool IsStateless => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TStore>(TVector gradient, ref float weights, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector>
    {
        TVector weight = TVector.Load(ref weights, index);
        store.Store(TVector.MultiplyAdd(_rate, _decay.Gradient(gradient, weight), _decay.Weight(weight)), ref weights, index);
    }
}

/// <summary>SGD with momentum.</summary>
internal readonly ref struct MomentumUpdate<TVector> : IVectorUpdate<TVector>
    where TVector : struct, IVector<TVector>
{
    private readonly ref float _buffer;
    private readonly bool _isNesterov;
    private readonly TVector _rate;
    private readonly TVector _momentum;
    private readonly VectorDecay<TVector> _decay;

    /// <summary>The update of a step.</summary>
    public MomentumUpdate(scoped in WeightUpdate update)
    {
        MomentumStep step = update.MomentumStep;
        _buffer = ref MemoryMarshal.GetReference(update.Buffer);
        _isNesterov = step.IsNesterov;
        _rate = TVector.Broadcast(-step.LearningRate);
        _momentum = TVector.Broadcast(step.Momentum);
        _decay = new(step.Decay);
    }

    /// <inheritdoc/>
    public static bool IsStateless => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TStore>(TVector gradient, ref float weights, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector>
    {
        TVector weight = TVector.Load(ref weights, index);
        TVector g = _decay.Gradient(gradient, weight);
        TVector moved = TVector.MultiplyAdd(_momentum, TVector.Load(ref _buffer, index), g);
        store.Store(moved, ref _buffer, index);
        TVector direction = _isNesterov ? TVector.MultiplyAdd(_momentum, moved, g) : moved;
        store.Store(TVector.MultiplyAdd(_rate, direction, _decay.Weight(weight)), ref weights, index);
    }
}

/// <summary>RMSProp.</summary>
internal readonly ref struct RmsPropUpdate<TVector> : IVectorUpdate<TVector>
    where TVector : struct, IVector<TVector>
{
    private readonly ref float _squares;
    private readonly ref float _means;
    private readonly ref float _buffer;
    private readonly bool _isCentered;
    private readonly bool _hasMomentum;
    private readonly TVector _rate;
    private readonly TVector _alpha;
    private readonly TVector _share;
    private readonly TVector _epsilon;
    private readonly TVector _momentum;
    private readonly VectorDecay<TVector> _decay;

    /// <summary>The update of a step.</summary>
    public RmsPropUpdate(scoped in WeightUpdate update)
    {
        RmsPropStep step = update.RmsPropStep;
        _squares = ref MemoryMarshal.GetReference(update.Squares);
        _means = ref MemoryMarshal.GetReference(update.Means);
        _buffer = ref MemoryMarshal.GetReference(update.Buffer);
        _isCentered = !update.Means.IsEmpty;
        _hasMomentum = !update.Buffer.IsEmpty;
        _rate = TVector.Broadcast(-step.LearningRate);
        _alpha = TVector.Broadcast(step.Alpha);
        _share = TVector.Broadcast(step.NewShare);
        _epsilon = TVector.Broadcast(step.Epsilon);
        _momentum = TVector.Broadcast(step.Momentum);
        _decay = new(step.Decay);
    }

    /// <inheritdoc/>
    public static bool IsStateless => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TStore>(TVector gradient, ref float weights, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector>
    {
        TVector weight = TVector.Load(ref weights, index);
        TVector g = _decay.Gradient(gradient, weight);
        TVector square = TVector.MultiplyAdd(TVector.Multiply(_share, g), g, TVector.Multiply(_alpha, TVector.Load(ref _squares, index)));
        store.Store(square, ref _squares, index);
        if (_isCentered)
        {
            TVector mean = TVector.MultiplyAdd(_share, g, TVector.Multiply(_alpha, TVector.Load(ref _means, index)));
            store.Store(mean, ref _means, index);
            TVector variance = TVector.MultiplyAdd(TVector.Multiply(TVector.Broadcast(-1), mean), mean, square);
            square = TVector.SelectGreater(variance, TVector.Zero, variance, TVector.Zero);
        }

        TVector direction = TVector.Divide(g, TVector.Add(TVector.SquareRoot(square), _epsilon));
        if (_hasMomentum)
        {
            direction = TVector.MultiplyAdd(_momentum, TVector.Load(ref _buffer, index), direction);
            store.Store(direction, ref _buffer, index);
        }

        store.Store(TVector.MultiplyAdd(_rate, direction, _decay.Weight(weight)), ref weights, index);
    }
}

/// <summary>Adam.</summary>
internal readonly ref struct AdamUpdate<TVector> : IVectorUpdate<TVector>
    where TVector : struct, IVector<TVector>
{
    private readonly ref float _means;
    private readonly ref float _squares;
    private readonly TVector _size;
    private readonly TVector _beta1;
    private readonly TVector _share1;
    private readonly TVector _beta2;
    private readonly TVector _share2;
    private readonly TVector _scale;
    private readonly TVector _epsilon;
    private readonly VectorDecay<TVector> _decay;

    /// <summary>The update of a step.</summary>
    public AdamUpdate(scoped in WeightUpdate update)
    {
        AdamStep step = update.AdamStep;
        _means = ref MemoryMarshal.GetReference(update.Means);
        _squares = ref MemoryMarshal.GetReference(update.Squares);
        _size = TVector.Broadcast(-step.StepSize);
        _beta1 = TVector.Broadcast(step.Beta1);
        _share1 = TVector.Broadcast(step.NewShare1);
        _beta2 = TVector.Broadcast(step.Beta2);
        _share2 = TVector.Broadcast(step.NewShare2);
        _scale = TVector.Broadcast(step.RootScale);
        _epsilon = TVector.Broadcast(step.Epsilon);
        _decay = new(step.Decay);
    }

    /// <inheritdoc/>
    public static bool IsStateless => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TStore>(TVector gradient, ref float weights, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector>
    {
        TVector weight = TVector.Load(ref weights, index);
        TVector g = _decay.Gradient(gradient, weight);
        TVector mean = TVector.MultiplyAdd(_share1, g, TVector.Multiply(_beta1, TVector.Load(ref _means, index)));
        TVector square = TVector.MultiplyAdd(TVector.Multiply(_share2, g), g, TVector.Multiply(_beta2, TVector.Load(ref _squares, index)));
        store.Store(mean, ref _means, index);
        store.Store(square, ref _squares, index);
        TVector direction = TVector.Divide(mean, TVector.MultiplyAdd(TVector.SquareRoot(square), _scale, _epsilon));
        store.Store(TVector.MultiplyAdd(_size, direction, _decay.Weight(weight)), ref weights, index);
    }
}

/// <summary>Lion.</summary>
internal readonly ref struct LionUpdate<TVector> : IVectorUpdate<TVector>
    where TVector : struct, IVector<TVector>
{
    private readonly ref float _means;
    private readonly TVector _rate;
    private readonly TVector _beta1;
    private readonly TVector _share1;
    private readonly TVector _beta2;
    private readonly TVector _share2;
    private readonly VectorDecay<TVector> _decay;

    /// <summary>The update of a step.</summary>
    public LionUpdate(scoped in WeightUpdate update)
    {
        LionStep step = update.LionStep;
        _means = ref MemoryMarshal.GetReference(update.Means);
        _rate = TVector.Broadcast(-step.LearningRate);
        _beta1 = TVector.Broadcast(step.Beta1);
        _share1 = TVector.Broadcast(step.NewShare1);
        _beta2 = TVector.Broadcast(step.Beta2);
        _share2 = TVector.Broadcast(step.NewShare2);
        _decay = new(step.Decay);
    }

    /// <inheritdoc/>
    public static bool IsStateless => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TStore>(TVector gradient, ref float weights, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector>
    {
        TVector weight = TVector.Load(ref weights, index);
        TVector g = _decay.Gradient(gradient, weight);
        TVector mean = TVector.Load(ref _means, index);
        TVector u = TVector.MultiplyAdd(_share1, g, TVector.Multiply(_beta1, mean));
        TVector down = TVector.SelectGreater(TVector.Zero, u, TVector.Broadcast(-1), TVector.Zero);
        TVector direction = TVector.SelectGreater(u, TVector.Zero, TVector.Broadcast(1), down);
        store.Store(TVector.MultiplyAdd(_share2, g, TVector.Multiply(_beta2, mean)), ref _means, index);
        store.Store(TVector.MultiplyAdd(_rate, direction, _decay.Weight(weight)), ref weights, index);
    }
}

/// <summary>Another update, after which a moving average takes the weights.</summary>
internal readonly ref struct AveragedUpdate<TVector, TUpdate> : IVectorUpdate<TVector>
    where TVector : struct, IVector<TVector>
    where TUpdate : IVectorUpdate<TVector>, allows ref struct
{
    private readonly TUpdate _inner;
    private readonly ref float _average;
    private readonly TVector _share;
    private readonly TVector _minus = TVector.Broadcast(-1);

    /// <summary>Adds the average of an update.</summary>
    public AveragedUpdate(TUpdate inner, scoped in WeightUpdate update)
    {
        _inner = inner;
        _average = ref MemoryMarshal.GetReference(update.Average);
        _share = TVector.Broadcast(update.AverageShare);
    }

    /// <inheritdoc/>
    public static bool IsStateless => false;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Apply<TStore>(TVector gradient, ref float weights, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector>
    {
        _inner.Apply(gradient, ref weights, index, store);
        TVector old = TVector.Load(ref _average, index);
        TVector apart = TVector.MultiplyAdd(_minus, old, TVector.Load(ref weights, index));     // a difference, rounded once
        store.Store(TVector.MultiplyAdd(_share, apart, old), ref _average, index);
    }
}
