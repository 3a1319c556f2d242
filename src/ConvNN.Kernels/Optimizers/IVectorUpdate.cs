using ConvNN.Kernels.Vectors;

namespace ConvNN.Kernels.Optimizers;

/// <summary>What is done with every vector that an update changes: a loop that an update calls with the update's type.</summary>
internal interface IUpdateLoop<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>Runs the loop.</summary>
    void Run<TUpdate>(scoped ref TUpdate update)
        where TUpdate : IVectorUpdate<TVector>, allows ref struct;
}

/// <summary>An update on vectors.</summary>
internal interface IVectorUpdate<TVector>
    where TVector : struct, IVector<TVector>
{
    /// <summary>Whether it reads the weight and its gradient alone. It is then a few instructions, which can follow a sum in registers.</summary>
    static abstract bool IsStateless { get; }

    /// <summary>Whether a gradient of zero changes nothing, at a learning rate of 0 or more.</summary>
    static virtual bool IgnoresZero => false;

    /// <summary>Updates the weights, and the state, of the elements from <paramref name="index"/> that the store writes.</summary>
    void Apply<TStore>(TVector gradient, ref float weights, nuint index, TStore store)
        where TStore : struct, IVectorStore<TVector>;
}
