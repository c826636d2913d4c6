/** From a click log to a model that serves it, by the commands that do each step. */
package io.dienstream.sandbox.firsttry;
